//! `dif`.

use super::choice::{Choice, Switch, explained, one_of, value};
use super::data::DataOptions;
use super::output::OutputOptions;
use super::values::{Names, names, range};
use clap::{Args, ValueEnum};
use psychometrics::evidence::internal_structure::{Adjustment, Matching};
use psychometrics::irt::{FunctioningTest, ItemModel};

#[derive(Debug, Args)]
#[command(mut_arg("from_aggregates", |own| own.hide(true)))] // it needs the rows
pub(crate) struct DifOptions {
    #[command(flatten)]
    pub(crate) data: DataOptions,
    /// The groups that are compared
    #[arg(long, value_name = "VAR", required_unless_present = "by", conflicts_with = "by")]
    pub(crate) group: Option<String>,
    /// A number (age, tenure) in the place of groups; by the logistic method
    #[arg(long, value_name = "VAR")]
    pub(crate) by: Option<String>,
    /// How items are compared
    #[arg(long, value_enum, default_value = "logistic")]
    pub(crate) method: DifMethod,
    /// The item response model of --method irt
    #[arg(long, value_parser = one_of(ItemModel::ALL), default_value = "graded")]
    pub(crate) model: ItemModel,
    /// The test of --method irt
    #[arg(long, value_parser = one_of(FunctioningTest::ALL), default_value = "likelihood-ratio")]
    pub(crate) test: FunctioningTest,
    /// The group that others are compared with; the first in the file without it
    #[arg(long, value_name = "GROUP", requires = "group")]
    pub(crate) reference: Option<String>,
    /// The items of the scale, a minus before those that are reversed: "x1,-x2"
    #[arg(long, value_name = "X1,-X2", value_parser = names, allow_hyphen_values = true)]
    pub(crate) keys: Vec<Names>,
    /// The range of the answers, such as 1..5; needed to reverse an item
    #[arg(long, value_name = "LOW..HIGH", value_parser = range, allow_hyphen_values = true)]
    pub(crate) scale: Option<(f64, f64)>,
    /// Items that are known to work alike: the others are compared by their sum
    #[arg(long, value_name = "A,B,C", value_parser = names)]
    pub(crate) anchors: Vec<Names>,
    /// Leave items that are named out of the matching score, until the same are named again
    #[arg(long, switch())]
    pub(crate) purify: Option<bool>,
    /// Anchors of --method irt from the item that differs least on, as many as items do not differ
    #[arg(long, switch(), conflicts_with_all = ["anchors", "purify"])]
    pub(crate) forward: Option<bool>,
    /// The score by which persons are of the same level
    #[arg(long, value_parser = matching(), default_value = "sum")]
    pub(crate) matching: Matching,
    /// What is done about the number of items [default: holm; of --method irt bh]
    #[arg(long, value_parser = adjustment())]
    pub(crate) adjustment: Option<Adjustment>,
    /// The level of the tests
    #[arg(long, default_value_t = 0.05)]
    pub(crate) alpha: f64,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

/// How items are compared: matched on a score that is observed, or on the trait of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DifMethod {
    /// Ordinal logistic regression on score, group and their product
    Logistic,
    /// Tables of answer by group at each level of the score
    MantelHaenszel,
    /// Parameters of an item response model, with the trait in the place of the score
    Irt,
}

fn matching() -> Choice<Matching> {
    explained([
        value(Matching::Sum, "The sum of the matching items and the item itself"),
        value(Matching::Rest, "The sum of the matching items without the item itself"),
    ])
}

pub(super) fn adjustment() -> Choice<Adjustment> {
    explained([
        value(Adjustment::Holm, "Holm: the chance of any false alarm"),
        value(Adjustment::BenjaminiHochberg, "Benjamini and Hochberg: the share of false alarms"),
        value(Adjustment::None, "Each item by itself"),
    ])
}
