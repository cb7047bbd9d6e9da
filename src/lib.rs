//! Construct validation: from the definition of a multidimensional construct and people's answers to
//! Likert items to evidence that a methodologist accepts.
//!
//! A *construct* (professional conduct, well-being, engagement) is defined by dimensions, facets and
//! the items that measure them. Whether the answers bear the definition out is shown by reliability,
//! by item analysis, and by confirmatory factor models that compete: one factor, correlated factors,
//! second-order factors, bifactor; by experts who judge the items, by relations to other variables, by what
//! stakeholders bring up. This crate does all of it from one construct file, and writes a report with
//! conclusions, the rule behind each, and its reference.
//!
//! # Quick start
//!
//! ```
//! use psychometrics::construct::Construct;
//! use psychometrics::data::Responses;
//! use psychometrics::evidence::Validation;
//!
//! let construct = Construct::from_path("data/professional_conduct/construct.toml")?;
//! let responses = Responses::read(&construct)?; // keys and missing codes are applied here, once
//! let evidence = Validation::of(&construct).run(&responses)?; // every number, its n, its method
//! let methodical = evidence.dimension("methodical").unwrap();
//! let alpha = methodical.scale.reliability.as_ref().unwrap().alpha.raw.unwrap();
//! assert_eq!(format!("{alpha:.3}"), "0.842");
//! assert_eq!(evidence.preferred().unwrap().name, "second_order");
//! assert!(evidence.to_string().contains("The aspects form one coherent construct."));
//! # Ok::<(), psychometrics::Error>(())
//! ```
//!
//! A factor model by itself, in lavaan's syntax:
//!
//! ```
//! use psychometrics::data::Dataset;
//! use psychometrics::{Estimation, Model};
//!
//! let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
//! let model: Model = "visual =~ x1 + x2 + x3
//!                     textual =~ x4 + x5 + x6
//!                     speed =~ x7 + x8 + x9".parse()?;
//! let fit = Estimation::default().fit(&model, &data)?;
//! assert_eq!(format!("{:.3}", fit.measure("chisq").unwrap()), "85.306");
//! assert_eq!(format!("{:.3}", fit.parameter("visual", "=~", "x2").unwrap().est), "0.554");
//! # Ok::<(), psychometrics::Error>(())
//! ```
//!
//! # Where things are
//!
//! | room | what it holds |
//! |---|---|
//! | [`construct`] | the claim: dimensions, facets, items, scales, hypotheses; TOML |
//! | [`data`] | the observation: reading, keys, missing codes, the ledger |
//! | [`moments`] | means, covariances, distributions; one pass, mergeable |
//! | [`correlation`] | Pearson, rank, polychoric and polyserial correlations, with their asymptotic covariance |
//! | [`factor`] | adequacy, extraction, rotation and number of exploratory factors; hierarchies, scores, congruence |
//! | [`draft`](data) | (feature `sheets`) a construct file drafted from a file of answers, and what one reads |
//! | [`model`] | lavaan syntax, and a construct's rival structures |
//! | [`estimate`] | maximum likelihood and its robust variants, least squares, ordinal models, groups, constraints, fit measures, bootstrap, difference tests, modification indices, factor scores |
//! | [`irt`] | item response models of two or more categories: estimation, scores, information, fit |
//! | [`simulate`] | data from a population model, Monte-Carlo studies, multiple imputation |
//! | [`evidence`] | content, reliability, item analysis, measurement invariance, relations to other variables, scores; the whole validation with conclusions and the evidence map |
//! | [`report`] | pages for the terminal, Markdown, HTML with figures, LaTeX; English and Dutch |
//!
//! Everything that can go wrong with input is an [`Error`] that names the culprit and the remedy, and
//! every answer with a caveat carries a [`Warning`].
//!
//! # What is not covered
//!
//! A validation takes no sampling weights (models do). Models of two levels are of continuous variables, with complete or missing
//! answers. [`Estimation::fit`] leaves rows with missing answers out, and counts them, unless another
//! [`Missing`](moments::Missing) is asked for.
//!
//! # Features
//!
//! | feature | what it adds |
//! |---|---|
//! | `files` (on by default) | reading files: constructs in TOML, answers and tables in CSV, with their hashes; without it everything comes from memory, and the crate opens no file |
//! | `report` (on by default) | the pages of [`report`]; without it the crate computes and serialises, and prints nothing |
//! | `cli` | the command line; brings `files`, `report` and `formats` |
//! | `sav`, `dta`, `xlsx` (all: `formats`) | files of SPSS, Stata, Excel, OpenDocument and survey services as data everywhere; [`data::formats`](data) shows what they hold |
//! | `parquet` | Parquet files as data |
//! | `tables` | tables of results as workbooks ([`data`]: `TableFile`) |
//! | `arrow` | answers and tables from Apache Arrow, through [`data::arrow`](data) |
//!
//! Without any of them it is the engine, which also compiles for 32-bit targets. Rows of answers (respondents x items) are
//! [`Rows`](data::Rows), into which slices turn, and arrays and views of ndarray 0.17, which is [`data::ndarray`] and part of the
//! interface of [`data`] only; everything else is a vector of numbers or a [`LabelledMatrix`](moments::LabelledMatrix). No other
//! crate of linear algebra is part of the interface.
//!
//! # Further pages
//!
//! The [`cookbook`] has recipes for programs that build on the crate; [`warehouse`] is about rows that stay where they are; [`design`] every numerical convention with its source;
//! [`architecture`] the map of the code; [`changelog`] what changed.
#![forbid(unsafe_code)]
#![warn(missing_docs)]
pub mod construct;
pub mod correlation;
pub mod data;
#[cfg(feature = "sheets")]
pub mod draft;
pub mod error;
pub mod estimate;
pub mod evidence;
pub mod factor;
pub mod irt;
pub mod model;
pub mod moments;
mod numeric;
#[cfg(feature = "report")]
pub mod report;
pub mod simulate;

pub use error::{Error, Result, Warning};
pub use estimate::{Estimation, Estimator, Fit};
pub use model::Model;

/// Recipes for programs that build on this crate.
#[cfg(any(doc, doctest))]
#[doc = include_str!("../docs/cookbook.md")]
pub mod cookbook {}

/// From a warehouse: SQL that engines run, sums that come back, and what is fitted from them.
#[cfg(any(doc, doctest))]
#[doc = include_str!("../docs/warehouse.md")]
pub mod warehouse {}

/// Every numerical convention with its source, and the option of lavaan that it equals.
#[cfg(any(doc, doctest))]
#[doc = include_str!("../DESIGN.md")]
pub mod design {}

/// The map of the code: what each room holds, and which way data flow.
#[cfg(any(doc, doctest))]
#[doc = include_str!("../ARCHITECTURE.md")]
pub mod architecture {}

/// What changed, by version.
#[cfg(any(doc, doctest))]
#[doc = include_str!("../CHANGELOG.md")]
pub mod changelog {}

/// The code in the README is tested too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
