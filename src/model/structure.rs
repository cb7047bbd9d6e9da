//! A construct's models: the rival structures of its items.

use super::{Constraint, Formula, Model, Operator};
use crate::construct::{Construct, Leaf, Structure};
use crate::error::{Error, Result};

impl Model {
    /// A structure over all items of a construct.
    ///
    /// `one_factor`: all items on one factor, named after the construct; `correlated`: one factor per
    /// leaf (facet, or dimension without facets); `second_order`: leaves under their dimension,
    /// dimensions under the construct; `bifactor`: a general factor and one per leaf, all
    /// uncorrelated. A dimension with one measured facet is represented by that facet. The bifactor
    /// model leaves its factors without a unit: fit it with [`super::Scaling::UnitVariance`].
    ///
    /// ```
    /// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale, Structure};
    /// use psychometrics::Model;
    /// let item = |id: &str, dimension: &str| Item::new(id, dimension, "s");
    /// let construct = Construct::builder("conduct")
    ///     .scale(ResponseScale::range("s", 1, 5))
    ///     .dimension(Dimension::new("know"))
    ///     .dimension(Dimension::new("care"))
    ///     .items([item("k1", "know"), item("k2", "know"), item("c1", "care"), item("c2", "care")])
    ///     .build()?;
    /// let model = Model::of(&construct, Structure::Correlated)?;
    /// assert_eq!(model.to_string(), "know =~ k1 + k2\ncare =~ c1 + c2\n");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NothingMeasured`] without items; [`Error::BadModel`] when the construct has too few
    /// leaves for the structure (two for correlated and bifactor, three below the construct for
    /// second order).
    pub fn of(construct: &Construct, structure: Structure) -> Result<Self> {
        let dimensions: Vec<&str> = construct.dimensions.iter().map(|d| d.id.as_str()).collect();
        Self::of_dimensions(construct, &dimensions, structure)
    }

    /// The same over some of the dimensions.
    ///
    /// # Errors
    /// As [`Model::of`].
    pub fn of_dimensions(construct: &Construct, dimensions: &[&str], structure: Structure) -> Result<Self> {
        let leaves: Vec<Leaf> =
            construct.leaves().into_iter().filter(|l| dimensions.contains(&l.dimension.as_str())).collect();
        let id = construct.id();
        if leaves.is_empty() {
            return Err(Error::NothingMeasured { construct: id.into() });
        }
        let all = || leaves.iter().flat_map(|l| &l.items);
        let formulas = match structure {
            Structure::OneFactor => loadings(id, all()),
            Structure::Correlated => {
                needs(structure, id, leaves.len(), 2)?;
                by_leaf(&leaves)
            }
            Structure::SecondOrder => second_order(id, &leaves)?,
            Structure::Bifactor => {
                needs(structure, id, leaves.len(), 2)?;
                bifactor(id, &leaves)
            }
        };
        Self::from_formulas(formulas)
    }

    /// One factor over all items of a dimension, or of a leaf.
    ///
    /// # Errors
    /// [`Error::NothingMeasured`] without items.
    pub fn of_items(factor: &str, items: &[String]) -> Result<Self> {
        if items.is_empty() {
            return Err(Error::NothingMeasured { construct: factor.into() });
        }
        Self::from_formulas(loadings(factor, items.iter()))
    }
}

fn needs(structure: Structure, construct: &str, found: usize, needed: usize) -> Result<()> {
    if found >= needed {
        return Ok(());
    }
    Err(Error::BadModel {
        what: format!(
            "a {} structure of '{construct}' needs at least {needed} measured parts; it has {found}",
            structure.name().replace('_', "-")
        ),
        remedy: "Leave this structure out of [analysis] structures, or measure more dimensions.".into(),
    })
}

fn loadings<'a>(factor: &str, items: impl Iterator<Item = &'a String>) -> Vec<Formula> {
    items.map(|item| Formula::new(factor, Operator::Loading, item)).collect()
}

fn by_leaf(leaves: &[Leaf]) -> Vec<Formula> {
    leaves.iter().flat_map(|l| loadings(&l.id, l.items.iter())).collect()
}

fn second_order(id: &str, leaves: &[Leaf]) -> Result<Vec<Formula>> {
    let mut formulas = by_leaf(leaves);
    let mut top = Vec::new();
    for parts in leaves.chunk_by(|a, b| a.dimension == b.dimension) {
        if parts.len() == 1 {
            top.push(parts[0].id.clone());
        } else {
            let ids: Vec<String> = parts.iter().map(|l| l.id.clone()).collect();
            formulas.extend(loadings(&parts[0].dimension, ids.iter()));
            top.push(parts[0].dimension.clone());
        }
    }
    // two parts under one factor would only restate their covariance
    needs(Structure::SecondOrder, id, top.len(), 3)?;
    formulas.extend(loadings(id, top.iter()));
    Ok(formulas)
}

fn bifactor(id: &str, leaves: &[Leaf]) -> Vec<Formula> {
    let mut formulas = loadings(id, leaves.iter().flat_map(|l| &l.items));
    let mut factors = vec![id];
    for leaf in leaves.iter().filter(|l| l.items.len() > 1) {
        let mut own = loadings(&leaf.id, leaf.items.iter());
        if let [first, second] = own.as_mut_slice() {
            // two items tell one covariance: their loadings are equal
            for formula in [first, second] {
                formula.modifiers.label = Some(format!("{}_loading", leaf.id));
            }
        }
        formulas.extend(own);
        factors.push(&leaf.id);
    }
    for (i, first) in factors.iter().enumerate() {
        for second in &factors[i + 1..] {
            let mut zero = Formula::new(*first, Operator::Covariance, *second);
            zero.modifiers.constraint = Constraint::Fixed(0.0);
            formulas.push(zero);
        }
    }
    formulas
}
