//! The rules by name.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A rule on the number of factors.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::{Retention, Rule};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let study = Retention::default().of(&names, data.numeric(&names)?.view())?;
/// assert_eq!([Rule::Map, Rule::Hull, Rule::Kaiser].map(|rule| study.suggestion(rule)), [Some(2), Some(3), Some(3)]);
/// assert_eq!(Rule::Ekc.title(), "empirical Kaiser criterion");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rule {
    /// Parallel analysis of components, quantile.
    Parallel,
    /// Parallel analysis of components, mean.
    ParallelMean,
    /// Parallel analysis of common factors, quantile.
    ParallelFactors,
    /// Minimum average partial.
    Map,
    /// Minimum average partial, fourth powers.
    MapRevised,
    /// Empirical Kaiser criterion.
    Ekc,
    /// Hull by CFI.
    Hull,
    /// Next eigenvalue sufficiency test.
    Nest,
    /// Comparison data, where they were asked for.
    ComparisonData,
    /// Sequential chi-square tests.
    ChiSquare,
    /// Close fit by the RMSEA.
    Rmsea,
    /// Smallest BIC.
    Bic,
    /// Smallest AIC.
    Aic,
    /// Acceleration of the scree.
    Acceleration,
    /// Very simple structure, complexity 1.
    #[serde(rename = "vss_1")]
    Vss1,
    /// Very simple structure, complexity 2.
    #[serde(rename = "vss_2")]
    Vss2,
    /// Eigenvalues above 1.
    Kaiser,
}

impl Rule {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[
        Self::Parallel,
        Self::ParallelMean,
        Self::ParallelFactors,
        Self::Map,
        Self::MapRevised,
        Self::Ekc,
        Self::Hull,
        Self::Nest,
        Self::ComparisonData,
        Self::ChiSquare,
        Self::Rmsea,
        Self::Bic,
        Self::Aic,
        Self::Acceleration,
        Self::Vss1,
        Self::Vss2,
        Self::Kaiser,
    ];

    /// Those that are counted in a recommendation: the three that were right most often over populations of one to five factors
    /// (the example `retention_rules`; DESIGN.md has its table). Together they are right more often than each by itself.
    pub const COUNTED: &'static [Self] = &[Self::Parallel, Self::ParallelFactors, Self::Ekc];

    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::Parallel => "parallel analysis, components, quantile",
            Self::ParallelMean => "parallel analysis, components, mean",
            Self::ParallelFactors => "parallel analysis, common factors, quantile",
            Self::Map => "minimum average partial",
            Self::MapRevised => "minimum average partial, fourth powers",
            Self::Ekc => "empirical Kaiser criterion",
            Self::Hull => "Hull, CFI",
            Self::Nest => "next eigenvalue sufficiency test",
            Self::ComparisonData => "comparison data",
            Self::ChiSquare => "first model not rejected (chi-square, .05)",
            Self::Rmsea => "first model with close fit (RMSEA interval)",
            Self::Bic => "smallest BIC",
            Self::Aic => "smallest AIC",
            Self::Acceleration => "acceleration of the scree",
            Self::Vss1 => "very simple structure, complexity 1",
            Self::Vss2 => "very simple structure, complexity 2",
            Self::Kaiser => "eigenvalues above 1",
        }
    }

    /// The same in Dutch.
    pub fn title_nl(self) -> &'static str {
        match self {
            Self::Parallel => "parallelle analyse, componenten, kwantiel",
            Self::ParallelMean => "parallelle analyse, componenten, gemiddelde",
            Self::ParallelFactors => "parallelle analyse, gemeenschappelijke factoren, kwantiel",
            Self::Map => "minimum average partial",
            Self::MapRevised => "minimum average partial, vierde machten",
            Self::Ekc => "empirisch Kaisercriterium",
            Self::Hull => "Hull, CFI",
            Self::Nest => "next eigenvalue sufficiency test",
            Self::ComparisonData => "vergelijkingsgegevens",
            Self::ChiSquare => "eerste model dat niet wordt verworpen (chi-kwadraat, .05)",
            Self::Rmsea => "eerste model met nauwe passing (RMSEA-interval)",
            Self::Bic => "kleinste BIC",
            Self::Aic => "kleinste AIC",
            Self::Acceleration => "versnelling van de scree",
            Self::Vss1 => "zeer eenvoudige structuur, complexiteit 1",
            Self::Vss2 => "zeer eenvoudige structuur, complexiteit 2",
            Self::Kaiser => "eigenwaarden boven 1",
        }
    }

    /// Where it is described.
    pub fn source(self) -> &'static str {
        match self {
            Self::Parallel => "Horn (1965); Glorfeld (1995)",
            Self::ParallelMean => "Horn (1965)",
            Self::ParallelFactors => "Humphreys & Ilgen (1969)",
            Self::Map => "Velicer (1976)",
            Self::MapRevised => "Velicer, Eaton & Fava (2000)",
            Self::Ekc => "Braeken & van Assen (2017)",
            Self::Hull => "Lorenzo-Seva, Timmerman & Kiers (2011)",
            Self::Nest => "Achim (2017)",
            Self::ComparisonData => "Ruscio & Roche (2012)",
            Self::ChiSquare => "Lawley (1940)",
            Self::Rmsea => "Preacher, Zhang, Kim & Mels (2013)",
            Self::Bic => "Schwarz (1978)",
            Self::Aic => "Akaike (1987)",
            Self::Acceleration => "Raîche et al. (2013)",
            Self::Vss1 | Self::Vss2 => "Revelle & Rocklin (1979)",
            Self::Kaiser => "Guttman (1954); Kaiser (1960)",
        }
    }

    /// Its key in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parallel => "parallel",
            Self::ParallelMean => "parallel_mean",
            Self::ParallelFactors => "parallel_factors",
            Self::Map => "map",
            Self::MapRevised => "map_revised",
            Self::Ekc => "ekc",
            Self::Hull => "hull",
            Self::Nest => "nest",
            Self::ComparisonData => "comparison_data",
            Self::ChiSquare => "chi_square",
            Self::Rmsea => "rmsea",
            Self::Bic => "bic",
            Self::Aic => "aic",
            Self::Acceleration => "acceleration",
            Self::Vss1 => "vss_1",
            Self::Vss2 => "vss_2",
            Self::Kaiser => "kaiser",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
