//! What must hold of an aggregate, whoever added it up: nothing is fitted from one that contradicts itself.

use super::aggregate::Aggregate;
use super::part::Part;
use super::plan::{AggregatePlan, IncompleteRows};
use crate::error::{Error, Result, Warning};

/// Whole numbers of f64 are exact below this.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Standard deviations that a mean may be from the centre before rounding is told.
const FAR: f64 = 1e3;

impl Aggregate {
    /// Whether every sum is a whole number that f64 holds exactly: then it does not depend on who added up what first.
    pub fn is_exact(&self) -> bool {
        self.plan.items.iter().all(|item| item.is_whole())
            && !self.plan.is_weighted()
            && self.numbers().all(|x| x.fract() == 0.0 && x.abs() < EXACT)
    }

    fn numbers(&self) -> impl Iterator<Item = f64> + '_ {
        self.parts.iter().flat_map(|part| {
            let powers = part.items.iter().flat_map(|item| item.powers);
            let patterns = part.patterns.iter().flat_map(|pattern| pattern.numbers());
            let pairs = part.pairs.iter().flat_map(|pairs| pairs.sums()).flatten().copied();
            powers.chain(patterns).chain(pairs)
        })
    }

    /// What contradicts itself, in a sentence.
    pub(crate) fn check(&self) -> std::result::Result<(), String> {
        self.plan.check().map_err(|error| error.to_string())?;
        for part in &self.parts {
            check_part(&self.plan, part).map_err(|problem| match (&part.group, &part.cluster) {
                (None, None) => problem,
                (Some(group), None) => format!("group '{group}': {problem}"),
                (None, Some(cluster)) => format!("cluster '{cluster}': {problem}"),
                (Some(group), Some(cluster)) => format!("group '{group}', cluster '{cluster}': {problem}"),
            })?;
        }
        Ok(())
    }

    /// Refuses what nothing may be fitted beside: impossible answers, rows without a usable weight, an aggregate of no rows.
    ///
    /// # Errors
    /// [`Error::BadAggregate`] that names the item and counts them.
    pub fn check_usable(&self) -> Result<()> {
        let bad = |place: String, problem: String, remedy: &str| {
            Err(Error::BadAggregate { place, problem, remedy: remedy.into() })
        };
        if self.rows() == 0 {
            return bad("the aggregate".into(), "has no rows".into(), "Look at the filter of the query.");
        }
        for (i, item) in self.plan.items.iter().enumerate() {
            let count: u64 = self.parts.iter().map(|part| part.items[i].impossible).sum();
            if count > 0 {
                let allowed = match (&item.codes, item.range) {
                    (codes, Some((low, high))) if !codes.is_empty() => {
                        format!("one of the {} codes from {low} to {high}", codes.len())
                    }
                    (_, Some((low, high))) => format!("a number from {low} to {high}"),
                    _ => "a finite number".into(),
                };
                let problem = format!("{count} answers are not {allowed}");
                let remedy = "Declare the range that holds the data, or the codes that mean 'no answer' (--missing-code), \
                              and aggregate again.";
                return bad(format!("item '{}'", item.name), problem, remedy);
            }
        }
        let unweighted: u64 = self.parts.iter().map(|part| part.unweighted).sum();
        if let (Some(weights), true) = (&self.plan.weights, unweighted > 0) {
            let problem = format!("{unweighted} rows have no weight above zero");
            return bad(
                format!("column '{weights}'"),
                problem,
                "Leave these rows out in the query, on purpose.",
            );
        }
        Ok(())
    }

    /// What is to be told of its numbers: sums that were rounded, centres far from the answers, rows without a group.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        let largest = self.numbers().map(f64::abs).fold(0.0, f64::max);
        if self.plan.items.iter().all(|item| item.is_whole()) && !self.plan.is_weighted() && largest >= EXACT
        {
            warnings.push(Warning::SumsRounded { largest });
        }
        for (i, item) in self.plan.items.iter().enumerate() {
            let (mut n, mut sum, mut square) = (0.0, 0.0, 0.0);
            for own in self.parts.iter().map(|part| &part.items[i]) {
                n += own.n as f64;
                sum += own.powers[0];
                square += own.powers[1];
            }
            let mean = sum / n;
            let variance = (square / n - mean * mean).max(0.0);
            if n > 0.0
                && mean.abs() > FAR * variance.sqrt()
                && mean != 0.0
                && square != 0.0
                && item.codes.is_empty()
            {
                let item = item.name.clone();
                warnings.push(Warning::CentreFar { item, distance: mean, sd: variance.sqrt() });
            }
        }
        if let Some(group) = &self.plan.group {
            let rows: u64 = self.parts.iter().filter(|part| part.group.is_none()).map(|part| part.rows).sum();
            if rows > 0 {
                let (variable, rows, read) = (group.clone(), rows as usize, self.rows() as usize);
                warnings.push(Warning::RowsWithoutGroup { variable, rows, read });
            }
        }
        warnings
    }
}

fn check_part(plan: &AggregatePlan, part: &Part) -> std::result::Result<(), String> {
    let p = plan.items.len();
    if part.items.len() != p {
        return Err(format!("{} items where the plan has {p}", part.items.len()));
    }
    for (item, own) in plan.items.iter().zip(&part.items) {
        let name = &item.name;
        let sizes =
            [(own.coded_missing.len(), item.missing_codes.len()), (own.frequencies.len(), item.codes.len())];
        if sizes.iter().any(|(found, expected)| found != expected) {
            return Err(format!("item '{name}' has counts of other codes than the plan"));
        }
        if own.n.checked_add(own.missing()) != Some(part.rows) {
            let found = own.n + own.missing();
            return Err(format!("item '{name}' has {found} answers and gaps in {} rows", part.rows));
        }
        if !item.codes.is_empty() && own.frequencies.iter().sum::<u64>() != own.n {
            return Err(format!("item '{name}' has {} answers, and other counts of its codes", own.n));
        }
        if let Some(x) = own.powers.iter().chain(&own.lowest).chain(&own.highest).find(|x| !x.is_finite()) {
            return Err(format!("item '{name}' has {x} as a sum"));
        }
        if own.powers[1] < 0.0 || own.powers[3] < 0.0 {
            return Err(format!("item '{name}' has a sum of squares below zero"));
        }
        if own.n > 0 && (own.lowest.is_none() || own.highest.is_none()) {
            return Err(format!("item '{name}' has answers, and no lowest or highest one"));
        }
    }
    check_patterns(plan, part)?;
    check_tables(plan, part)
}

fn check_patterns(plan: &AggregatePlan, part: &Part) -> std::result::Result<(), String> {
    let p = plan.items.len();
    let mut last: Option<&str> = None;
    let mut counted = vec![0u64; p];
    for pattern in &part.patterns {
        let digits = &pattern.answered;
        if digits.len() != p
            || digits.bytes().any(|digit| !matches!(digit, b'0' | b'1'))
            || !digits.contains('1')
        {
            return Err(format!("'{digits}' is no pattern of {p} items"));
        }
        if plan.incomplete != IncompleteRows::Patterns && !pattern.is_complete() {
            return Err(format!("sums of the pattern '{digits}', though incomplete rows are kept otherwise"));
        }
        if last.is_some_and(|last| last <= digits.as_str()) {
            return Err(format!("the pattern '{digits}' twice, or out of order"));
        }
        last = Some(digits);
        let m = pattern.places().len();
        if pattern.sums.len() != m || pattern.products.len() != m * (m + 1) / 2 {
            return Err(format!("other sums than those of {m} items in the pattern '{digits}'"));
        }
        if pattern.n == 0 || !(pattern.weight > 0.0) || pattern.numbers().any(|x| !x.is_finite()) {
            return Err(format!("no rows, or sums that are no numbers, in the pattern '{digits}'"));
        }
        if !plan.is_weighted() && pattern.weight != pattern.n as f64 {
            return Err(format!("{} rows and a weight of {} in '{digits}'", pattern.n, pattern.weight));
        }
        for (a, i) in pattern.places().into_iter().enumerate() {
            counted[i] += pattern.n;
            if pattern.products[pattern.at(a, a)] < 0.0 {
                return Err(format!("a sum of squares below zero of '{}' in '{digits}'", plan.items[i].name));
            }
        }
    }
    if let Some(pairs) = &part.pairs {
        let m = p * (p + 1) / 2;
        if pairs.n.len() != m || pairs.sums().iter().any(|sums| sums.len() != m) {
            return Err(format!("sums of other pairs than the {m} of {p} items"));
        }
        if pairs.sums().into_iter().flatten().any(|x| !x.is_finite()) {
            return Err("sums of pairs that are no numbers".into());
        }
        (0..p).for_each(|i| counted[i] += pairs.n[i * p - i * (i + 1) / 2 + i]);
        if pairs.n.iter().any(|n| *n > pairs.rows) {
            return Err("more rows of a pair than incomplete rows".into());
        }
    } else if plan.incomplete == IncompleteRows::Pairs {
        return Err("no sums of pairs, which the plan keeps of incomplete rows".into());
    }
    if part.answered_rows() > part.rows {
        return Err(format!("sums of {} rows of {}", part.answered_rows(), part.rows));
    }
    // every answer must be in a sum, but for the rows that are dropped or have no weight
    let known = plan.incomplete != IncompleteRows::Dropped && part.unweighted == 0;
    match (0..p).find(|i| known && counted[*i] != part.items[*i].n || counted[*i] > part.items[*i].n) {
        None => Ok(()),
        Some(i) => {
            let (name, n, found) = (&plan.items[i].name, part.items[i].n, counted[i]);
            Err(format!("item '{name}' has {n} answers, and sums of products of {found}"))
        }
    }
}

fn check_tables(plan: &AggregatePlan, part: &Part) -> std::result::Result<(), String> {
    if !plan.has_tables() {
        return if part.tables.is_empty() {
            Ok(())
        } else {
            Err("two-way tables that the plan has not".into())
        };
    }
    let p = plan.items.len();
    let expected = p * (p - 1) / 2;
    if part.tables.len() != expected {
        return Err(format!("{} two-way tables where {p} items have {expected}", part.tables.len()));
    }
    for ((i, j), table) in plan.pairs().zip(&part.tables) {
        let (first, second) = (&part.items[i], &part.items[j]);
        let pair = || format!("the two-way table of '{}' and '{}'", plan.items[i].name, plan.items[j].name);
        let (r, c) = (first.frequencies.len() + 1, second.frequencies.len() + 1);
        if table.len() != r * c {
            return Err(format!("{} has {} cells where it should have {}", pair(), table.len(), r * c));
        }
        if table.iter().sum::<u64>() != part.rows {
            return Err(format!("{} holds {} rows of {}", pair(), table.iter().sum::<u64>(), part.rows));
        }
        let rows = (0..r - 1).all(|a| table[a * c..(a + 1) * c].iter().sum::<u64>() == first.frequencies[a]);
        let columns =
            (0..c - 1).all(|b| (0..r).map(|a| table[a * c + b]).sum::<u64>() == second.frequencies[b]);
        if !rows || !columns {
            return Err(format!("{} has other margins than the counts of the codes", pair()));
        }
    }
    Ok(())
}
