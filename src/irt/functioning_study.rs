//! The tests of a set of anchors: models with an item equal in all groups, partly or wholly free.

use super::answers::Answers;
use super::functioning_effects::{Curve, ItemEffect, TestEffect};
use super::functioning_result::{
    AnchorChoice, Functioning, FunctioningStatistic, FunctioningTest, ItemDifference,
};
use super::irt::{Irt, check_categories};
use super::layout::Layout;
use super::marginal_likelihood::MarginalLikelihood;
use super::parameters::{Traits, layout};
use super::search::{Maximum, Search, maximise};
use crate::error::{Result, Warning};
use crate::numeric::cholesky;
use crate::numeric::multiple_tests::Adjustment;
use crate::numeric::tails::chi_square_tail;
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

/// |ESSD| from which an effect is small, and medium (Meade 2010).
const SMALL: f64 = 0.2;
const MEDIUM: f64 = 0.5;

/// What is asked of a set of anchors.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) irt: Irt,
    pub(crate) test: FunctioningTest,
    pub(crate) adjustment: Adjustment,
    pub(crate) level: f64,
    /// Whether anchors are tested too, the others being anchors then.
    pub(crate) tests_anchors: bool,
    /// Whether uniform and non-uniform parts are told apart.
    pub(crate) in_parts: bool,
}

/// A model with certain items free.
pub(crate) struct Freed {
    layout: Layout,
    found: Maximum,
}

/// Which items differ in slopes and in all else.
type Equal = Vec<(bool, bool)>;

/// Uniform, non-uniform, total.
pub(crate) type Tests = [Option<FunctioningStatistic>; 3];

/// The tests of a set of anchors.
pub(crate) struct Study<'a> {
    asked: &'a Asked,
    answers: &'a Answers,
    traits: Traits,
    anchors: Vec<bool>,
    base: Freed,
    nodes: usize,
}

impl<'a> Study<'a> {
    pub(crate) fn new(asked: &'a Asked, answers: &'a Answers, anchors: Vec<bool>) -> Result<Self> {
        let traits = Traits::one(answers.names.len());
        let nodes = asked.irt.nodes()?;
        let mut study = Self {
            asked,
            answers,
            traits,
            base: Freed { layout: Layout::default(), found: Maximum::nowhere() },
            nodes,
            anchors,
        };
        let equal = study.anchors.iter().map(|anchor| (*anchor, *anchor)).collect();
        study.base = study.fit(equal, None)?;
        Ok(study)
    }

    /// Whether an item is tested: with anchors that were named, the others.
    fn is_tested(&self, item: usize) -> bool {
        self.asked.tests_anchors || !self.anchors[item]
    }

    fn layout(&self, equal: Equal) -> Result<(Layout, DVector<f64>)> {
        let mut design = self.asked.irt.design(self.answers, &self.traits)?;
        design.equal = equal;
        check_categories(self.answers, &design.equal)?;
        Ok(layout(&design))
    }

    /// The maximum with these items equal, from that of the base where there is one.
    fn fit(&self, equal: Equal, from: Option<&Freed>) -> Result<Freed> {
        let (layout, mut start) = self.layout(equal)?;
        if let Some(from) = from {
            carried(&layout, &mut start, from);
        }
        let found = {
            let mut marginal = MarginalLikelihood::new(&self.answers.patterns, &layout, self.nodes, &start);
            let search = Search { em: from.is_none(), ..Search::far(self.asked.irt.told()) };
            maximise(&mut marginal, start, search)?
        };
        Ok(Freed { layout, found })
    }

    /// The base with an item equal, its intercepts free, or all of it free.
    fn with(&self, item: usize, own: (bool, bool)) -> Result<Freed> {
        let mut equal: Equal = self.anchors.iter().map(|anchor| (*anchor, *anchor)).collect();
        equal[item] = own;
        self.fit(equal, Some(&self.base))
    }

    pub(crate) fn tests(&self) -> Result<Vec<(Option<Freed>, Tests)>> {
        let items: Vec<usize> = (0..self.answers.names.len()).collect();
        let mut all: Vec<(Option<Freed>, Tests)> =
            items.par_iter().map(|item| self.test(*item)).collect::<Result<_>>()?;
        for kind in 0..3 {
            let pvalues: Vec<Option<f64>> = all.iter().map(|(_, t)| t[kind].map(|t| t.pvalue)).collect();
            for ((_, tests), adjusted) in all.iter_mut().zip(self.asked.adjustment.of(&pvalues)) {
                if let Some(test) = &mut tests[kind] {
                    test.adjusted = adjusted;
                }
            }
        }
        Ok(all)
    }

    fn test(&self, item: usize) -> Result<(Option<Freed>, Tests)> {
        if !self.is_tested(item) {
            return Ok((None, [None; 3]));
        }
        let free = if self.anchors[item] { Some(self.with(item, (false, false))?) } else { None };
        let augmented = free.as_ref().unwrap_or(&self.base);
        let has_slopes = augmented.layout.items[0][item].slots[0] != augmented.layout.items[1][item].slots[0];
        let tests = match self.asked.test {
            FunctioningTest::LikelihoodRatio => {
                let compact = if self.anchors[item] { None } else { Some(self.with(item, (true, true))?) };
                let middle = (has_slopes && self.asked.in_parts)
                    .then(|| self.with(item, (true, false)))
                    .transpose()?;
                let compact = compact.as_ref().unwrap_or(&self.base);
                let ratio = |free: &Freed, equal: &Freed| {
                    let df = free.layout.len() - equal.layout.len();
                    let statistic = 2.0 * (free.found.log_likelihood - equal.found.log_likelihood);
                    statistic_of(statistic.max(0.0), df)
                };
                match &middle {
                    Some(middle) => {
                        [ratio(middle, compact), ratio(augmented, middle), ratio(augmented, compact)]
                    }
                    None => [ratio(augmented, compact), None, ratio(augmented, compact)],
                }
            }
            FunctioningTest::Wald => self.wald(augmented, item, has_slopes)?,
        };
        Ok((free, tests))
    }

    /// W = (L b)' (L V L')^-1 L b; the uniform part is what slopes leave of the whole.
    fn wald(&self, free: &Freed, item: usize, has_slopes: bool) -> Result<Tests> {
        let mut irt = self.asked.irt.clone();
        irt.standard_errors = super::choices::ItemStandardErrors::Oakes;
        let x = free.found.x.clone();
        let mut marginal = MarginalLikelihood::new(&self.answers.patterns, &free.layout, self.nodes, &x);
        let kind = irt.kind_of_errors(self.answers);
        let information = super::observed_information::observed_information(&mut marginal, &x, irt.told())?;
        let Some(information) = information else { return Ok([None; 3]) };
        marginal.evaluate(&x);
        let errors = super::standard_errors::covariance(&marginal, &x, kind, &information, &free.found.held);
        let rows = |from: usize, to: usize| {
            let groups = free.layout.groups();
            let place = &free.layout.items[0][item];
            let mut rows: Vec<DVector<f64>> = Vec::new();
            for group in 1..groups {
                for at in from..to.min(place.slots.len()) {
                    let mut row = DVector::zeros(x.len());
                    let other = &free.layout.items[group][item].slots[at];
                    other.free.iter().for_each(|(i, c)| row[*i] += c);
                    place.slots[at].free.iter().for_each(|(i, c)| row[*i] -= c);
                    if row.amax() > 0.0 {
                        rows.push(row);
                    }
                }
            }
            rows
        };
        let of = |rows: Vec<DVector<f64>>| {
            let l = DMatrix::from_fn(rows.len(), x.len(), |i, j| rows[i][j]);
            let difference = &l * &x;
            let solved = cholesky::solved(&(&l * &errors.matrix * l.transpose()), &difference)?;
            statistic_of(difference.dot(&solved), rows.len())
        };
        let total = of(rows(0, usize::MAX));
        if !has_slopes {
            return Ok([total, None, total]);
        }
        let slopes = of(rows(0, 1));
        let rest = total.zip(slopes).and_then(|(total, slopes)| {
            statistic_of((total.statistic - slopes.statistic).max(0.0), total.df - slopes.df)
        });
        Ok([rest, slopes, total])
    }

    /// The result: effects, sorted by what they do to scores.
    pub(crate) fn told(
        &self,
        tests: Vec<(Option<Freed>, Tests)>,
        chosen: AnchorChoice,
        rounds: usize,
    ) -> Result<Functioning> {
        let groups = self.answers.groups.len();
        let persons = self.persons();
        let mut items = Vec::new();
        let mut impact: Vec<TestEffect> = Vec::new();
        let mut curves: Vec<Vec<(Curve, Curve)>> = vec![Vec::new(); groups];
        let mut warnings = self.answers.warnings.clone();
        for (item, (free, own)) in tests.into_iter().enumerate() {
            if !self.is_tested(item) {
                let same = Curve::of(&self.base.layout.items[0][item], &self.base.found.x);
                (1..groups).for_each(|group| curves[group].push((same.clone(), same.clone())));
                continue;
            }
            let freed = free.as_ref().unwrap_or(&self.base);
            if !freed.found.converged {
                let what = format!("the model with '{}' free", self.answers.names[item]);
                warnings.push(Warning::NotAtMaximum { what, gradient: freed.found.gradient });
            }
            let curve = |group: usize| Curve::of(&freed.layout.items[group][item], &freed.found.x);
            let effects = (1..groups)
                .map(|group| {
                    let name = self.answers.groups[group].clone();
                    curves[group].push((curve(0), curve(group)));
                    ItemEffect::of(name, &curve(0), &curve(group), &persons, group)
                })
                .collect();
            let [uniform, nonuniform, total] = own;
            let effects: Vec<ItemEffect> = effects;
            let class = own[2].map(|total| {
                let size = effects.iter().filter_map(|e| e.essd).map(f64::abs).fold(0.0, f64::max);
                let differs = total.adjusted.unwrap_or(total.pvalue) < self.asked.level;
                if !differs || size < SMALL {
                    'A'
                } else if size < MEDIUM {
                    'B'
                } else {
                    'C'
                }
            });
            items.push(ItemDifference {
                item: self.answers.names[item].clone(),
                anchor: self.anchors[item],
                uniform,
                nonuniform,
                total,
                effects,
                class,
            });
        }
        for group in 1..groups {
            let name = self.answers.groups[group].clone();
            impact.push(TestEffect::of(name, &curves[group], &persons, group));
        }
        let size = |item: &ItemDifference| item.effects.iter().map(|e| e.sids.abs()).fold(0.0, f64::max);
        items.sort_by(|a, b| size(b).total_cmp(&size(a)));
        let names = self.answers.names.iter().zip(&self.anchors);
        Ok(Functioning {
            groups: self.answers.groups.clone(),
            test: self.asked.test,
            adjustment: self.asked.adjustment,
            chosen,
            anchors: names.filter(|(_, anchor)| **anchor).map(|(name, _)| name.clone()).collect(),
            rounds,
            items,
            impact,
            n: self.answers.rows_used,
            warnings,
        })
    }

    /// EAP scores, and expected respondents at the nodes, under the base model.
    fn persons(&self) -> super::functioning_effects::Persons {
        let x = &self.base.found.x;
        let mut marginal = MarginalLikelihood::new(&self.answers.patterns, &self.base.layout, self.nodes, x);
        marginal.evaluate(x);
        super::functioning_effects::Persons::of(&marginal)
    }
}

fn statistic_of(statistic: f64, df: usize) -> Option<FunctioningStatistic> {
    let known = df > 0 && statistic.is_finite();
    known.then(|| FunctioningStatistic {
        statistic,
        df,
        pvalue: chi_square_tail(statistic, df as f64),
        adjusted: None,
    })
}

/// Takes over the values of another fit, item by item and group by group.
fn carried(layout: &Layout, start: &mut DVector<f64>, from: &Freed) {
    let mut take = |slots: &[super::layout::Slot], others: &[super::layout::Slot]| {
        for (slot, other) in slots.iter().zip(others) {
            if let [(index, coefficient)] = slot.free.as_slice() {
                start[*index] = (other.value(&from.found.x) - slot.constant) / coefficient;
            }
        }
    };
    // the first group last: what is shared is that of the reference
    for group in (0..layout.groups()).rev() {
        for (place, other) in layout.items[group].iter().zip(&from.layout.items[group]) {
            take(&place.slots, &other.slots);
        }
        take(&layout.latent[group], &from.layout.latent[group]);
    }
}
