//! The statements of a plan.
//!
//! `answers`  counts, sums of powers, extremes and frequencies of each item, over all rows that answered it;
//! `sums`     n, sums and sums of products, of complete rows or by pattern of missing answers (a bit for each item);
//! `scale`    both in one, where their columns fit one statement: what `answers` counts adds up over the patterns;
//! `pairs`    the same for each pair of items over incomplete rows;
//! `tables`   two-way tables of codes, by grouping sets.
//!
//! A statement holds no more columns and grouping sets than an engine takes; of many items there are several of each. All
//! of a dialect are one SELECT with common table expressions: nothing is created or changed where the rows are.

use super::dialect::Dialect;
use super::statement::{Statement, encoded, mark};
use super::terms::{allowed, deviation, literal, number, position};
use crate::error::Result;
use crate::moments::aggregate::{AggregatePlan, IncompleteRows};

/// Items of a block of two-way tables: a statement has the pairs of two blocks, so that it names twice as many columns.
const TABLE_ITEMS: usize = 10;

/// Bits of a column of a mask.
pub(super) const MASK_BITS: usize = 30;

/// What is asked of an engine: a plan, and the table with the rows.
///
/// ```
/// use psychometrics::moments::aggregate::{AggregatePlan, PlannedItem};
/// use psychometrics::moments::sql::{Dialect, Query};
///
/// let plan = AggregatePlan::new((1..=9).map(|i| PlannedItem::new(format!("x{i}")).coded(1, 5)))?.with_tables()?;
/// let statements = Query::new(plan, "survey.answers", Dialect::Spark).statements()?;
/// let blocks: Vec<&str> = statements.iter().map(|own| own.block.as_str()).collect();
/// assert_eq!(blocks, ["scale", "tables"]);
/// assert!(statements[0].text.contains("FROM survey.answers"));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Query {
    /// What is summed.
    pub plan: AggregatePlan,
    /// What stands behind FROM: a table by its name, or a sub-query between parentheses with an alias.
    pub table: String,
    /// For which engine.
    pub dialect: Dialect,
}

/// A statement before it is known how many there are.
struct Draft {
    block: &'static str,
    comment: String,
    /// The columns behind the first.
    columns: Vec<String>,
    /// Common table expressions, and everything behind FROM.
    with: String,
    from: String,
}

/// The columns of some items as they are.
fn raws(items: &[usize]) -> Vec<String> {
    items.iter().map(|i| format!("r{}", i + 1)).collect()
}

impl Query {
    /// A query of a plan.
    pub fn new(plan: AggregatePlan, table: impl Into<String>, dialect: Dialect) -> Self {
        Self { plan, table: table.into(), dialect }
    }

    /// The statements, in the same order and with the same text whenever they are written.
    ///
    /// # Errors
    /// [`Error::BadPlan`](crate::Error::BadPlan).
    pub fn statements(&self) -> Result<Vec<Statement>> {
        self.plan.check()?;
        let scale = self.scale();
        let mut drafts = if scale.columns.len() < self.dialect.most_columns() {
            vec![scale]
        } else {
            self.answers().into_iter().chain(self.sums()).collect()
        };
        if self.plan.incomplete == IncompleteRows::Pairs {
            drafts.extend(self.pairs());
        }
        if self.plan.has_tables() {
            drafts.extend(self.tables());
        }
        let (of, fingerprint) = (drafts.len(), self.plan.fingerprint());
        let own = drafts.into_iter().enumerate().map(|(i, draft)| {
            let (number, block) = (i + 1, draft.block.to_string());
            let first = format!("'{block}' AS {}", mark(&fingerprint, number, of));
            let columns = std::iter::once(first).chain(draft.columns).collect::<Vec<_>>().join(",\n  ");
            let comment = draft.comment;
            let text = format!(
                "-- psychometrics.moments/1, plan {fingerprint}, statement {number} of {of}: {comment}\n\
                 WITH {}\nSELECT\n  {columns}\nFROM {}",
                draft.with, draft.from
            );
            Statement { number, of, block, text }
        });
        Ok(own.collect())
    }

    /// Names of the columns that divide the rows.
    fn keys(&self) -> Vec<&'static str> {
        let of = |column: &Option<String>, name| column.is_some().then_some(name);
        [of(&self.plan.group, "grp"), of(&self.plan.cluster, "clu")].into_iter().flatten().collect()
    }

    /// The columns of some items as numbers (`r1`), the rows' group, cluster and weight.
    fn raw(&self, items: &[usize]) -> String {
        let d = self.dialect;
        let mut columns = Vec::new();
        for (column, name) in [(&self.plan.group, "grp"), (&self.plan.cluster, "clu")] {
            columns.extend(
                column.iter().map(|own| format!("CAST({} AS {}) AS {name}", d.quoted(own), d.text())),
            );
        }
        columns.extend(
            self.plan.weights.iter().map(|own| format!("CAST({} AS {}) AS wgt", d.quoted(own), d.double())),
        );
        columns.extend(items.iter().map(|&i| format!("{} AS r{}", number(d, &self.plan.items[i]), i + 1)));
        format!("psych_rows AS (\n  SELECT {}\n  FROM {}\n)", columns.join(",\n    "), self.table)
    }

    /// Keyed deviations of some items from their centres (`d1`; NULL where there is no answer), weights (NULL where a row has
    /// none), and what else is named.
    fn deviations(&self, items: &[usize], further: &[String]) -> String {
        let own = items.iter().map(|&i| {
            let raw = format!("r{}", i + 1);
            format!("{} AS d{}", deviation(&self.plan.items[i], &raw), i + 1)
        });
        let keys = self.keys().into_iter().map(String::from);
        let weight = self.plan.weights.iter().map(|_| "CASE WHEN wgt > 0 THEN wgt END AS wgt".to_string());
        let columns: Vec<String> = keys.chain(weight).chain(further.iter().cloned()).chain(own).collect();
        format!(
            "{},\npsych_keyed AS (\n  SELECT {}\n  FROM psych_rows\n)",
            self.raw(items),
            columns.join(",\n    ")
        )
    }

    fn grouped(&self, from: &str, further: &[String]) -> String {
        let keys = [self.key_columns(), further.to_vec()].concat();
        if keys.is_empty() { from.to_string() } else { format!("{from}\nGROUP BY {}", keys.join(", ")) }
    }

    fn key_columns(&self) -> Vec<String> {
        self.keys().into_iter().map(String::from).collect()
    }

    /// The plan itself, so that a result tells what it is of.
    fn plan_column(&self) -> String {
        format!("'{}' AS plan", encoded(&serde_json::to_string(&self.plan).unwrap_or_default()))
    }

    fn counted_rows(&self) -> Vec<String> {
        let unweighted = "SUM(CASE WHEN wgt > 0 THEN 0 ELSE 1 END) AS n_unweighted".to_string();
        let weights = self.plan.is_weighted().then_some(unweighted);
        std::iter::once("COUNT(*) AS n_rows".to_string()).chain(weights).collect()
    }

    /// What is counted and summed of one item by itself.
    fn item_columns(&self, i: usize) -> Vec<String> {
        let (item, at) = (&self.plan.items[i], i + 1);
        let d = format!("d{at}");
        let mut columns = vec![
            format!("COUNT({d}) AS n{at}"),
            format!("SUM(CASE WHEN r{at} IS NULL THEN 1 ELSE 0 END) AS e{at}"),
        ];
        columns.extend(item.missing_codes.iter().enumerate().map(|(k, code)| {
            format!("SUM(CASE WHEN r{at} = {} THEN 1 ELSE 0 END) AS m{at}_{}", literal(*code), k + 1)
        }));
        columns.extend((1..=4).map(|power| {
            let term = vec![d.as_str(); power].join(" * ");
            format!("SUM({term}) AS s{at}_{power}")
        }));
        columns.push(format!("MIN({d}) AS l{at}"));
        columns.push(format!("MAX({d}) AS h{at}"));
        columns.extend(item.keyed_codes().iter().enumerate().map(|(k, code)| {
            let code = literal(code - item.centre);
            format!("SUM(CASE WHEN {d} = {code} THEN 1 ELSE 0 END) AS f{at}_{}", k + 1)
        }));
        columns
    }

    fn answers(&self) -> Vec<Draft> {
        let widest =
            self.plan.items.iter().map(|i| 8 + i.missing_codes.len() + i.codes.len()).max().unwrap_or(1);
        let chunk = (self.dialect.most_columns() / widest).max(1);
        let all: Vec<usize> = (0..self.plan.items.len()).collect();
        let chunks: Vec<&[usize]> = all.chunks(chunk).collect();
        let each = chunks.iter().enumerate().map(|(k, items)| {
            let plan = (k == 0).then(|| self.plan_column());
            let (first, last) = (items[0] + 1, items[items.len() - 1] + 1);
            Draft {
                block: "answers",
                comment: format!("answers and gaps of items {first} to {last}"),
                columns: self
                    .key_columns()
                    .into_iter()
                    .chain(plan)
                    .chain(self.counted_rows())
                    .chain(items.iter().flat_map(|&i| self.item_columns(i)))
                    .collect(),
                with: self.deviations(items, &raws(items)),
                from: self.grouped("psych_keyed", &[]),
            }
        });
        each.collect()
    }

    /// Whether a row answers each item.
    fn has(&self) -> impl Iterator<Item = String> {
        self.plan.items.iter().enumerate().map(|(i, item)| {
            let raw = format!("r{}", i + 1);
            allowed(item, &raw).unwrap_or_else(|| format!("{raw} IS NOT NULL"))
        })
    }

    /// Columns that tell rows of different gaps apart, with their names: a bit for each item that a row has, or whether it has all.
    fn gaps(&self) -> (Vec<String>, Vec<String>) {
        let has: Vec<String> = self.has().collect();
        if self.plan.incomplete != IncompleteRows::Patterns {
            let complete =
                format!("CASE WHEN {}\n      THEN 1 ELSE 0 END AS complete", has.join("\n      AND "));
            return (vec![complete], vec!["complete".into()]);
        }
        let masks = has.chunks(MASK_BITS).enumerate().map(|(k, items)| {
            let bits = items
                .iter()
                .enumerate()
                .map(|(bit, has)| format!("CASE WHEN {has} THEN {} ELSE 0 END", 1u32 << bit));
            let name = format!("mask{}", k + 1);
            (format!("{} AS {name}", bits.collect::<Vec<_>>().join("\n      + ")), name)
        });
        masks.unzip()
    }

    /// Sums and sums of products.
    fn product_columns(&self) -> Vec<String> {
        let p = self.plan.items.len();
        let weight = if self.plan.is_weighted() { "wgt * " } else { "" };
        let sums = (1..=p).map(|i| format!("SUM({weight}d{i}) AS s{i}"));
        let products =
            (1..=p).flat_map(|a| (a..=p).map(move |b| format!("SUM({weight}d{a} * d{b}) AS p{a}_{b}")));
        sums.chain(products).collect()
    }

    /// `answers` and `sums` in one.
    fn scale(&self) -> Draft {
        let all: Vec<usize> = (0..self.plan.items.len()).collect();
        let (gaps, names) = self.gaps();
        let n = match self.plan.is_weighted() {
            true => vec!["COUNT(wgt) AS n".to_string(), "SUM(wgt) AS w".to_string()],
            false => vec!["COUNT(*) AS n".to_string()],
        };
        Draft {
            block: "scale",
            comment: "answers, sums and products by what is missing".into(),
            columns: self
                .key_columns()
                .into_iter()
                .chain(names.iter().cloned())
                .chain([self.plan_column()])
                .chain(self.counted_rows())
                .chain(all.iter().flat_map(|&i| self.item_columns(i)))
                .chain(n)
                .chain(self.product_columns())
                .collect(),
            with: self.deviations(&all, &[gaps, raws(&all)].concat()),
            from: self.grouped("psych_keyed", &names),
        }
    }

    fn sums(&self) -> Vec<Draft> {
        let all: Vec<usize> = (0..self.plan.items.len()).collect();
        let by_pattern = self.plan.incomplete == IncompleteRows::Patterns;
        let (gaps, names) = self.gaps();
        let by: &[String] = if by_pattern { &names } else { &[] };
        let mut condition = names.iter().map(|name| format!("{name} > 0")).collect::<Vec<_>>().join(" OR ");
        if self.plan.is_weighted() {
            condition = format!("({condition}) AND wgt > 0");
        }
        let terms = self.product_columns();
        let chunks: Vec<&[String]> = terms.chunks(self.dialect.most_columns()).collect();
        let count = chunks.len();
        let each = chunks.iter().enumerate().map(|(k, own)| {
            let mut columns = self.key_columns();
            columns.extend(by.iter().cloned());
            columns.push("COUNT(*) AS n".into());
            if self.plan.is_weighted() {
                columns.push("SUM(wgt) AS w".into());
            }
            columns.extend(own.iter().cloned());
            let rows = if by_pattern { "by pattern of missing answers" } else { "of complete rows" };
            Draft {
                block: "sums",
                comment: format!("sums and products {rows}, block {} of {count}", k + 1),
                columns,
                with: self.deviations(&all, &gaps),
                from: self.grouped(&format!("psych_keyed\nWHERE {condition}"), by),
            }
        });
        each.collect()
    }

    fn pairs(&self) -> Vec<Draft> {
        let p = self.plan.items.len();
        let all: Vec<usize> = (0..p).collect();
        let (gaps, _) = self.gaps();
        let any = all.iter().map(|i| format!("d{} IS NOT NULL", i + 1)).collect::<Vec<_>>().join(" OR ");
        let weighted = self.plan.is_weighted();
        let condition = format!("complete = 0 AND ({any}){}", if weighted { " AND wgt > 0" } else { "" });
        let weight = if weighted { "wgt * " } else { "" };
        let pairs: Vec<(usize, usize)> = (0..p).flat_map(|i| (i..p).map(move |j| (i + 1, j + 1))).collect();
        let chunks: Vec<&[(usize, usize)]> = pairs.chunks(self.dialect.most_columns() / 7).collect();
        let count = chunks.len();
        let each = chunks.iter().enumerate().map(|(k, own)| {
            let mut columns = self.key_columns();
            columns.push("COUNT(*) AS n".into());
            for &(a, b) in *own {
                let both = |term: String, name: &str| {
                    format!("SUM(CASE WHEN d{a} IS NOT NULL AND d{b} IS NOT NULL THEN {term} END) AS {name}{a}_{b}")
                };
                columns.push(both("1".into(), "n"));
                if weighted {
                    columns.push(both("wgt".into(), "w"));
                }
                columns.push(both(format!("{weight}d{a}"), "a"));
                columns.push(both(format!("{weight}d{b}"), "b"));
                columns.push(both(format!("{weight}d{a} * d{a}"), "aa"));
                columns.push(both(format!("{weight}d{b} * d{b}"), "bb"));
                columns.push(both(format!("{weight}d{a} * d{b}"), "ab"));
            }
            Draft {
                block: "pairs",
                comment: format!("pairs of items in incomplete rows, block {} of {count}", k + 1),
                columns,
                with: self.deviations(&all, &gaps),
                from: self.grouped(&format!("psych_keyed\nWHERE {condition}"), &[]),
            }
        });
        each.collect()
    }

    fn tables(&self) -> Vec<Draft> {
        let all: Vec<usize> = (0..self.plan.items.len()).collect();
        let blocks: Vec<&[usize]> = all.chunks(TABLE_ITEMS).collect();
        let mut drafts = Vec::new();
        for (a, first) in blocks.iter().enumerate() {
            for second in &blocks[a..] {
                let pairs: Vec<(usize, usize)> = first
                    .iter()
                    .flat_map(|&i| second.iter().map(move |&j| (i, j)))
                    .filter(|(i, j)| i < j)
                    .collect();
                drafts.extend(pairs.chunks(self.dialect.most_sets()).map(|pairs| self.table(pairs)));
            }
        }
        drafts
    }

    fn table(&self, pairs: &[(usize, usize)]) -> Draft {
        let mut items: Vec<usize> = pairs.iter().flat_map(|&(i, j)| [i, j]).collect();
        items.sort_unstable();
        items.dedup();
        let of_keys = self.keys().join(", ");
        let lead = if of_keys.is_empty() { String::new() } else { format!("{of_keys}, ") };
        let codes: Vec<String> = items
            .iter()
            .map(|&i| {
                let own = position(self.dialect, &self.plan.items[i], &format!("d{}", i + 1));
                format!("{own} AS v{}", i + 1)
            })
            .collect();
        let sets: Vec<String> =
            pairs.iter().map(|(i, j)| format!("({lead}v{}, v{})", i + 1, j + 1)).collect();
        let mut columns = self.key_columns();
        columns.extend(items.iter().map(|i| format!("v{}", i + 1)));
        columns.push("COUNT(*) AS n".into());
        Draft {
            block: "tables",
            comment: format!("two-way tables of {} pairs (0 is no answer, NULL another pair)", pairs.len()),
            columns,
            with: format!(
                "{},\npsych_codes AS (\n  SELECT {lead}{}\n  FROM psych_keyed\n)",
                self.deviations(&items, &[]),
                codes.join(",\n    ")
            ),
            from: format!("psych_codes\nGROUP BY GROUPING SETS (\n  {}\n)", sets.join(",\n  ")),
        }
    }
}
