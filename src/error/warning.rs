//! An answer with a caveat: each warning with what it carries. The file is as long as the enum, which has a doc for every field.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// An answer with a caveat. It serialises as its code, its fields and its message, and is read back from the first two.
///
/// ```
/// use psychometrics::Warning;
/// let warning = Warning::FewClusters { variable: "team".into(), clusters: 12, parameters: 30 };
/// assert_eq!(warning.code(), "few_clusters");
/// assert!(warning.to_string().contains("12"));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Warning {
    /// A key of the construct file that means nothing here.
    UnknownKey {
        /// The key.
        key: String,
        /// The part of the file in which it stands ("item 'kn_1'", "table data").
        part: String,
    },
    /// A dimension that is defined and has no items.
    NotMeasured {
        /// The dimension.
        dimension: String,
    },
    /// Words that stand for more than one code of a response scale.
    SharedLabel {
        /// The scale.
        scale: String,
        /// The words.
        label: String,
        /// The codes.
        codes: Vec<f64>,
    },
    /// A correlation that is not defined, since one of the two does not vary among the rows with both.
    UndefinedCorrelation {
        /// The variable that does not vary.
        item: String,
        /// The other.
        other: String,
        /// Rows with both.
        n: usize,
    },
    /// Variables of which no row has both: their covariance is not in the data.
    NeverTogether {
        /// One variable.
        first: String,
        /// The other.
        second: String,
        /// How many such pairs there are.
        pairs: usize,
    },
    /// Items that a group was not asked: their parameters there are those of other groups.
    NotAskedInGroup {
        /// The items.
        items: Vec<String>,
        /// Grouping variable.
        variable: String,
        /// The group.
        group: String,
    },
    /// Fewer clusters than cluster-robust standard errors rest on.
    FewClusters {
        /// The cluster variable.
        variable: String,
        /// How many there are.
        clusters: usize,
        /// Free parameters.
        parameters: usize,
    },
    /// Sampling weights that are all alike.
    EqualWeights {
        /// The variable.
        variable: String,
    },
    /// Rows left out of an analysis because of missing answers.
    RowsLeftOut {
        /// Rows used.
        used: usize,
        /// Rows read.
        read: usize,
    },
    /// Rows left out of an analysis for several reasons, or another than incomplete answers.
    RowsLeftOutFor {
        /// Rows used.
        used: usize,
        /// Rows read.
        read: usize,
        /// How many rows for which reason.
        reasons: Vec<(usize, String)>,
    },
    /// Rows that belong to none of the groups that are told apart.
    RowsWithoutGroup {
        /// The grouping variable.
        variable: String,
        /// How many.
        rows: usize,
        /// Rows read.
        read: usize,
    },
    /// More parameters that differ between groups than aligned means rest on.
    ManyNoninvariant {
        /// The factor.
        factor: String,
        /// Their share.
        share: f64,
    },
    /// A least value that one start reached of many.
    MinimumReachedOnce {
        /// What was made least.
        what: String,
        /// Starts.
        starts: usize,
    },
    /// Groups that are too small to be compared.
    SmallGroupsLeftOut {
        /// The grouping variable.
        variable: String,
        /// The groups, each with its respondents.
        groups: Vec<(String, usize)>,
        /// Respondents that a comparison asks for.
        fewest: usize,
    },
    /// Full information had no answer: the model was fitted to the complete rows.
    CompleteRowsInstead {
        /// Why it had none.
        reason: String,
        /// Rows used.
        used: usize,
        /// Rows read.
        read: usize,
    },
    /// Fewer rows than items.
    FewRows {
        /// Rows.
        n: usize,
        /// Items.
        items: usize,
    },
    /// Two items with the same answers.
    IdenticalItems {
        /// One item.
        first: String,
        /// The other.
        second: String,
    },
    /// An item that correlates negatively with the rest of its scale.
    NegativeItem {
        /// The item.
        item: String,
        /// The scale, where there are several.
        scale: Option<String>,
        /// Correlation with the rest of the scale.
        r_drop: f64,
    },
    /// A total score of dimensions that do not form one construct.
    TotalOfApart {
        /// The construct.
        construct: String,
        /// What speaks against the total.
        reason: String,
    },
    /// A reversed item of which only the sign was changed, for want of a declared range.
    SignOnlyReversal {
        /// The item.
        item: String,
    },
    /// A correlation matrix from pairwise counts that is not positive definite.
    NotPositiveDefinite {
        /// Which matrix.
        matrix: String,
        /// Its smallest eigenvalue.
        eigenvalue: f64,
    },
    /// A defined parameter or a constraint that has no value at the solution.
    WithoutValue {
        /// As it is written.
        relation: String,
        /// Whether it defines a parameter.
        is_definition: bool,
        /// Why it has none.
        reason: String,
    },
    /// What the text says of a value that is not estimated, but what the others leave.
    NotUsed {
        /// The parameter, with what is said of it.
        formula: String,
        /// Why it is not used.
        reason: Cow<'static, str>,
    },
    /// An estimator of ordinal variables, where none is.
    NothingOrdinal {
        /// Its name.
        estimator: Cow<'static, str>,
    },
    /// Sums of whole numbers that are larger than f64 holds exactly.
    SumsRounded {
        /// The largest.
        largest: f64,
    },
    /// Sums about a centre far from the answers, of which rounding leaves fewer digits.
    CentreFar {
        /// The item.
        item: String,
        /// Its mean less the centre.
        distance: f64,
        /// Its standard deviation.
        sd: f64,
    },
    /// A model without degrees of freedom: it fits by construction.
    Saturated,
    /// A variance estimated below zero.
    Heywood {
        /// Whose variance.
        variable: String,
        /// The estimate.
        estimate: f64,
    },
    /// The latent variables' covariance matrix is not positive definite.
    LatentNotPositiveDefinite {
        /// Its smallest eigenvalue.
        eigenvalue: f64,
        /// The factors with the largest weights in that eigenvector.
        factors: Vec<String>,
    },
    /// A factor measured by one indicator: its residual variance is fixed to zero.
    SingleIndicator {
        /// The factor.
        factor: String,
        /// The indicator.
        indicator: String,
    },
    /// A correlation of 1 or -1 between the variables behind two ordinal ones, or of two equal columns.
    PerfectCorrelation {
        /// One variable.
        first: String,
        /// The other.
        second: String,
        /// Cells of their table without answers.
        empty_cells: usize,
    },
    /// A correlation behind ordinal items that is estimated at 1 or -1, and taken at its border by a model.
    CorrelationAtBorder {
        /// One variable.
        first: String,
        /// The other.
        second: String,
        /// Where it is taken: .995 or -.995, or nearer to 0 where the likelihood is flat from there on.
        r: f64,
    },
    /// A solution that was not found from the first start values.
    OtherStart {
        /// From which it was.
        how: String,
    },
    /// A level of a two-level model whose fit by itself is not known.
    LevelWithoutFit {
        /// 1 within clusters, 2 between them.
        level: usize,
    },
    /// An estimate at its bound.
    AtBound {
        /// The parameter.
        parameter: String,
        /// The bound.
        bound: f64,
    },
    /// Replicates of a bootstrap without a solution.
    ReplicatesFailed {
        /// How many.
        failed: usize,
        /// Of how many.
        replicates: usize,
    },
    /// Completed data sets without a solution.
    ImputationsLeftOut {
        /// How many.
        left_out: usize,
        /// Of how many.
        m: usize,
    },
    /// A caveat of the fits to some completed data sets.
    InImputations {
        /// The caveat, of the first of them.
        warning: Box<Warning>,
        /// In how many.
        count: usize,
        /// Of how many.
        m: usize,
    },
    /// Two models that cannot be tested against each other.
    NotComparable {
        /// The freer model.
        free: String,
        /// The restricted model.
        restricted: String,
        /// Why not.
        why: String,
    },
    /// Groups with few respondents for each parameter of a model by group.
    FewPerParameter {
        /// Grouping variable.
        variable: String,
        /// The groups, with their respondents.
        groups: Vec<(String, usize)>,
        /// Free parameters of a group.
        parameters: usize,
    },
    /// Categories of an item that were joined with a neighbour in all groups, as nobody in some group chose them.
    CategoriesJoined {
        /// The item.
        item: String,
        /// Each category, and the one it counts as.
        joined: Vec<(f64, f64)>,
    },
    /// Groups that were left out because it was asked for.
    GroupsLeftOut {
        /// Grouping variable.
        variable: String,
        /// The groups.
        groups: Vec<String>,
        /// Their respondents.
        rows: usize,
    },
    /// A group that is too small for a conclusion.
    SmallGroup {
        /// Grouping variable.
        variable: String,
        /// Its value.
        group: String,
        /// Respondents.
        n: usize,
        /// How many a conclusion asks for.
        needed: usize,
    },
    /// Fewer groups than evidence for aggregation rests on.
    FewGroupsToAggregate {
        /// The grouping variable.
        variable: String,
        /// How many there are.
        groups: usize,
    },
    /// A hypothesis about something that the construct file does not define.
    UnknownEnd {
        /// The hypothesis.
        hypothesis: String,
        /// What it refers to.
        end: String,
        /// The nearest name there is.
        nearest: Option<String>,
    },
    /// A group of interviews so small that themes may be missing.
    SmallPanel {
        /// The group.
        group: String,
        /// Its respondents.
        respondents: usize,
        /// How many would do.
        enough: usize,
    },
    /// How a file that is no plain table of text was read.
    ReadAs {
        /// In a sentence.
        what: String,
    },
    /// Columns of a file that were not taken for answers.
    ColumnsLeftOut {
        /// The columns.
        columns: Vec<String>,
        /// Why.
        reason: String,
    },
    /// A table that was read as one row a rating.
    LongTable {
        /// The column of units.
        unit: String,
        /// The column of raters.
        rater: String,
        /// The column of ratings.
        rating: String,
    },
    /// A part of an analysis that could not be done; the rest stands.
    NotDone {
        /// Which part.
        what: String,
        /// Why not.
        reason: String,
    },
    /// A category between others that nobody chose: it is not there for the model.
    UnusedCategory {
        /// The item.
        item: String,
        /// The code.
        category: f64,
    },
    /// A slope or an asymptote that runs away: the likelihood rises the farther it goes.
    Runaway {
        /// The item.
        item: String,
        /// Which of its parameters.
        parameter: String,
        /// Where it is held.
        value: f64,
    },
    /// A search that ended where the gradient is not zero.
    NotAtMaximum {
        /// Of what.
        what: String,
        /// Largest element of the gradient, divided by the square root of its curvature.
        gradient: f64,
    },
    /// Parameters about which the answers say nothing.
    Undetermined {
        /// Their names.
        parameters: Vec<String>,
    },
    /// A trait on which respondents do not differ.
    NoTraitVariance {
        /// The trait.
        name: String,
    },
    /// Steps between categories that are not in order.
    DisorderedSteps {
        /// The item.
        item: String,
        /// The steps.
        steps: Vec<f64>,
    },
    /// Categories of an item that are nowhere the likeliest.
    NeverLikeliest {
        /// The item.
        item: String,
        /// Their codes.
        categories: Vec<f64>,
    },
    /// Two items that have more in common than the trait explains.
    LocalDependence {
        /// One item.
        first: String,
        /// The other.
        second: String,
        /// Correlation of their residuals.
        q3: f64,
        /// Mean of that correlation over all pairs.
        mean: f64,
    },
    /// A network in which items have no edge: they belong to no dimension.
    Unconnected {
        /// The items.
        items: Vec<String>,
    },
    /// A network without any edge.
    EmptyNetwork {
        /// Items.
        items: usize,
        /// Respondents.
        n: usize,
    },
    /// A network whose penalty is so small that weak edges may be noise.
    DenseNetwork {
        /// The penalty as a share of the largest.
        share: f64,
    },
    /// Asymptotes that are estimated without a prior.
    NoPrior {
        /// The items.
        items: Vec<String>,
    },
}
