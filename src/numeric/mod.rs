//! Pure mathematics on f64 that no crate gives in the form needed here. It knows no word of the
//! field.

pub(crate) mod along_correlation;
pub(crate) mod arrowhead;
pub(crate) mod cholesky;
pub(crate) mod f_distribution;
pub(crate) mod minimise;
pub(crate) mod multiple_tests;
pub(crate) mod noncentral;
pub(crate) mod normal;
pub(crate) mod once;
pub(crate) mod product;
pub(crate) mod quadrature;
pub(crate) mod quantile;
pub(crate) mod random;
pub(crate) mod root;
pub(crate) mod rows;
pub(crate) mod sparse_rows;
pub(crate) mod spectrum;
pub(crate) mod tails;
