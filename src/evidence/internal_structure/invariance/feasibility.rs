//! What each group allows, before anything is fitted.
//!
//! | a group | what follows |
//! |---|---|
//! | with no more respondents than the model has variables | its covariance matrix has no inverse: refused |
//! | in which nobody answered an item, or all gave one answer | nothing tells of the item there: refused |
//! | in which nobody chose a category that others did | its thresholds do not exist: refused, unless categories are joined |
//! | with fewer than five respondents for each of its parameters | told (Bentler & Chou 1987) |
//! | more than 50, most with fewer than two respondents for a variable | the variable is a number or an identifier: refused |

use super::ground::Ground;
use crate::data::Dataset;
use crate::error::{Error, Result, Warning};
use crate::estimate::Estimation;
use crate::model::{Model, ParameterTable};
use ndarray::{Array2, ArrayView1, Axis};
use serde::{Deserialize, Serialize};

/// Groups beyond which a variable is looked at with suspicion.
const MANY: usize = 50;
/// Respondents for each parameter (Bentler & Chou 1987).
const PER_PARAMETER: usize = 5;
/// Reasons that are told one by one.
const TOLD: usize = 6;

/// What a group allows.
///
/// ```
/// use psychometrics::evidence::internal_structure::Invariance;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let study = Invariance::of(Estimation::default().group("school")).run(&model, &data)?;
/// let first = &study.feasibility[0];
/// assert_eq!((first.group.as_str(), first.n, first.parameters, first.possible), ("Pasteur", 156, 30, true));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GroupFeasibility {
    /// The group.
    pub group: String,
    /// Respondents that count.
    pub n: usize,
    /// Free parameters of the group in the configural model.
    pub parameters: usize,
    /// Respondents for each of them.
    pub per_parameter: f64,
    /// Items that nobody in the group answered.
    pub unanswered: Vec<String>,
    /// Items to which all gave one answer.
    pub constant: Vec<String>,
    /// Ordinal items with the categories that nobody in the group chose, and others did.
    pub absent: Vec<(String, Vec<f64>)>,
    /// Whether the model can be fitted in the group.
    pub possible: bool,
    /// Why not; none where it can.
    pub reason: Option<String>,
}

/// Values that occur, in their order.
fn values(column: ArrayView1<'_, f64>) -> Vec<f64> {
    let mut all: Vec<f64> = column.iter().copied().filter(|x| !x.is_nan()).collect();
    all.sort_by(f64::total_cmp);
    all.dedup();
    all
}

/// What every group allows.
///
/// # Errors
/// [`Error::UnknownColumn`] for a variable that is not in the data; [`Error::GroupsNotComparable`] for a variable with very
/// many values, most of them of few respondents.
pub(super) fn feasibility(
    estimation: &Estimation,
    model: &Model,
    data: &Dataset,
    variable: &str,
) -> Result<Vec<GroupFeasibility>> {
    let names = model.observed_names();
    let all = data.numeric(&names)?;
    let grouping = data.grouping(variable)?;
    let p = names.len();
    let mut used = vec![false; all.nrows()];
    estimation.used_rows(model, &names, all.view()).into_iter().for_each(|row| used[row] = true);
    let rows: Vec<Vec<usize>> = (0..grouping.levels.len())
        .map(|level| grouping.rows_of(level).into_iter().filter(|row| used[*row]).collect())
        .collect();
    let sparse = rows.iter().filter(|rows| rows.len() < 2 * p).count();
    if rows.len() > MANY && 2 * sparse > rows.len() {
        return Err(Error::GroupsNotComparable {
            variable: variable.into(),
            reasons: vec![format!(
                "it has {} values, {sparse} of them with fewer than {} respondents, and looks like a number or an \
                 identifier",
                rows.len(),
                2 * p
            )],
            instead: "Name a variable that says who belongs together; of a number (age, tenure) make a few groups first."
                .into(),
        });
    }
    let own = estimation.with_ordinal(model, &names, all.view())?;
    let tables = ParameterTable::of_groups(model, &own.specification, grouping.levels.len())?;
    let parameters = tables[0].n_free / grouping.levels.len().max(1);
    let is_ordinal = |name: &String| own.specification.ordinal.contains_key(name);
    let together: Array2<f64> = all.select(Axis(0), &rows.concat());
    let categories: Vec<Vec<f64>> = names
        .iter()
        .enumerate()
        .map(|(j, name)| if is_ordinal(name) { values(together.column(j)) } else { Vec::new() })
        .collect();
    let of = |(code, (level, rows)): (usize, (&String, &Vec<usize>))| {
        let members = grouping.rows_of(code);
        let answers = all.select(Axis(0), rows);
        let members = all.select(Axis(0), &members);
        let (mut unanswered, mut constant, mut absent) = (Vec::new(), Vec::new(), Vec::new());
        for (j, name) in names.iter().enumerate() {
            // of complete rows none would be left, whichever item it is
            if members.column(j).iter().all(|x| x.is_nan()) {
                unanswered.push(name.clone());
                continue;
            }
            let own = values(answers.column(j));
            match own.len() {
                0 => {}
                1 => constant.push(name.clone()),
                _ => {
                    let lacking: Vec<f64> =
                        categories[j].iter().copied().filter(|value| !own.contains(value)).collect();
                    if !lacking.is_empty() {
                        absent.push((name.clone(), lacking));
                    }
                }
            }
        }
        let reason = reason(rows.len(), p, &unanswered, &constant, &absent);
        GroupFeasibility {
            group: level.clone(),
            n: rows.len(),
            parameters,
            per_parameter: rows.len() as f64 / parameters.max(1) as f64,
            unanswered,
            constant,
            absent,
            possible: reason.is_none(),
            reason,
        }
    };
    Ok(grouping.levels.iter().zip(&rows).enumerate().map(of).collect())
}

/// The same of aggregates, of which the fit itself refuses what a group lacks.
pub(super) fn feasibility_of_sums(ground: &mut Ground<'_>) -> Result<Vec<GroupFeasibility>> {
    let parameters = ground.parameters()?;
    let gathered = &ground.gathered;
    let each = gathered.groups.iter().zip(&gathered.samples).map(|(group, sample)| {
        let (n, p) = (sample.moments.n(), sample.moments.len());
        let names = sample.moments.names();
        let constant: Vec<String> = (0..p)
            .filter(|&i| sample.moments.standard_deviation(i).is_none_or(|sd| sd == 0.0))
            .map(|i| names[i].clone())
            .collect();
        let reason = reason(n, p, &[], &constant, &[]);
        GroupFeasibility {
            group: group.clone(),
            n,
            parameters,
            per_parameter: n as f64 / parameters.max(1) as f64,
            unanswered: Vec::new(),
            constant,
            absent: Vec::new(),
            possible: reason.is_none(),
            reason,
        }
    });
    Ok(each.collect())
}

fn reason(
    n: usize,
    p: usize,
    unanswered: &[String],
    constant: &[String],
    absent: &[(String, Vec<f64>)],
) -> Option<String> {
    let quoted =
        |items: &[String]| items.iter().map(|item| format!("'{item}'")).collect::<Vec<_>>().join(", ");
    if !unanswered.is_empty() {
        return Some(format!("nobody answered {}", quoted(unanswered)));
    }
    if n <= p {
        let who = if n == 1 { "respondent" } else { "respondents" };
        return Some(format!("{n} {who} for {p} variables, more are needed"));
    }
    if !constant.is_empty() {
        return Some(format!("all gave the same answer to {}", quoted(constant)));
    }
    if absent.is_empty() {
        return None;
    }
    let each = absent.iter().map(|(item, values)| {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        format!("category {} of '{item}'", values.join(" and "))
    });
    Some(format!("nobody chose {}", each.collect::<Vec<_>>().join(", ")))
}

/// Refuses groups that do not allow the model, all at once, with what can be done; else tells of those with few respondents.
pub(super) fn judge(variable: &str, groups: &[GroupFeasibility], allows_gaps: bool) -> Result<Vec<Warning>> {
    // under full information an item that a group was not asked may be told by equal parameters
    let is_gap =
        |own: &GroupFeasibility| own.constant.is_empty() && own.absent.is_empty() && own.n > own.parameters;
    let bars = |own: &&GroupFeasibility| !(own.possible || allows_gaps && is_gap(own));
    let barred: Vec<&GroupFeasibility> = groups.iter().filter(bars).collect();
    if !barred.is_empty() {
        let told =
            |own: &&GroupFeasibility| format!("'{}': {}", own.group, own.reason.clone().unwrap_or_default());
        let mut reasons: Vec<String> = barred.iter().take(TOLD).map(told).collect();
        if barred.len() > TOLD {
            reasons.push(format!("and {} groups more", barred.len() - TOLD));
        }
        let names: Vec<&str> = barred.iter().take(TOLD).map(|own| own.group.as_str()).collect();
        let left = groups.len() - barred.len();
        let mut offers = Vec::new();
        if left >= 2 {
            offers.push(format!("leave them out (--drop-groups {})", names.join(",")));
        }
        if barred.iter().any(|own| !own.absent.is_empty()) {
            offers.push(
                "join categories that nobody in a group chose with a neighbour in all groups (--collapse)"
                    .into(),
            );
        }
        if barred.iter().any(|own| !own.constant.is_empty() || !own.unanswered.is_empty()) {
            offers.push("leave those items out of the model".into());
        }
        offers.push("put groups together".into());
        offers.push(
            "look for uniform bias with one model of all groups (--pooled), or describe the groups only"
                .into(),
        );
        let mut instead = offers.join("; ");
        if let Some(first) = instead.get_mut(0..1) {
            first.make_ascii_uppercase();
        }
        return Err(Error::GroupsNotComparable {
            variable: variable.into(),
            reasons,
            instead: instead + ".",
        });
    }
    let is_few = |own: &&GroupFeasibility| own.n < PER_PARAMETER * own.parameters;
    let few: Vec<(String, usize)> =
        groups.iter().filter(is_few).map(|own| (own.group.clone(), own.n)).collect();
    let parameters = groups.first().map_or(0, |own| own.parameters);
    let warning = Warning::FewPerParameter { variable: variable.into(), groups: few.clone(), parameters };
    Ok(if few.is_empty() { Vec::new() } else { vec![warning] })
}
