//! Results of all statements, put together.

use super::query::{MASK_BITS, Query};
use super::statement::decoded;
use super::table::{ResultRow, ResultTable, bad};
use crate::error::{Error, Result};
use crate::moments::aggregate::{Aggregate, AggregatePlan, IncompleteRows, ItemSums, Part};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// Reads aggregates: documents of `moments` and `merge` (JSON), and results of the statements of a plan (CSV), of one run or
/// of several parts of the data; all of them together are one aggregate.
///
/// # Errors
/// [`Error::Unreadable`]; [`Error::BadAggregate`] that names the file, row and column: a result of another version or plan, a
/// statement whose result is missing or there more often than others, one file twice, counts that are negative or contradict
/// each other, sums that are no numbers.
pub fn read_aggregates<P: AsRef<Path>>(paths: &[P]) -> Result<Aggregate> {
    let texts = paths.iter().map(|path| {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::Unreadable { path: path.into(), reason: error.to_string() })?;
        Ok((path.to_path_buf(), text))
    });
    aggregate_of(texts)
}

impl Query {
    /// The aggregate of what an engine returned: the result of each statement as CSV text with a header row, in any order.
    ///
    /// ```
    /// use psychometrics::moments::aggregate::{AggregatePlan, PlannedItem};
    /// use psychometrics::moments::sql::{Dialect, Query};
    ///
    /// let plan = AggregatePlan::new([PlannedItem::new("a").coded(1, 5)])?;
    /// let query = Query::new(plan, "survey", Dialect::DataFusion);
    /// assert_eq!(query.statements()?.len(), 1);
    /// let error = query.aggregate(&["id,a\n1,5\n".into()]).unwrap_err().to_string();
    /// assert!(error.starts_with("result 1: is no result of a statement"), "{error}");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`read_aggregates`]; [`Error::BadAggregate`] where a result is of another plan.
    pub fn aggregate(&self, results: &[String]) -> Result<Aggregate> {
        let texts = results.iter().enumerate();
        let found = aggregate_of(
            texts.map(|(i, text)| Ok((PathBuf::from(format!("result {}", i + 1)), text.clone()))),
        )?;
        if found.plan == self.plan {
            return Ok(found);
        }
        bad("the results", "are of another plan".into(), "Run the statements of this query.")
    }
}

/// The aggregate of texts, each with where it is from.
fn aggregate_of(texts: impl Iterator<Item = Result<(PathBuf, String)>>) -> Result<Aggregate> {
    let mut documents = Vec::new();
    let mut tables: BTreeMap<String, Vec<(ResultTable, String)>> = BTreeMap::new();
    let mut seen: HashMap<String, PathBuf> = HashMap::new();
    for text in texts {
        let (path, text) = text?;
        let path = path.as_path();
        let digest: String =
            Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let holds_rows = text.trim().lines().nth(1).is_some() || text.trim_start().starts_with('{');
        if let Some(first) = seen.insert(digest.clone(), path.into()).filter(|_| holds_rows) {
            let problem = format!("holds the same as {}", first.display());
            return bad(
                &path.display().to_string(),
                problem,
                "Name every file once, and give each part its own.",
            );
        }
        if text.trim_start().starts_with('{') {
            documents.push(Aggregate::from_json(&text).map_err(|error| match error {
                Error::BadAggregate { problem, remedy, .. } => {
                    Error::BadAggregate { place: path.display().to_string(), problem, remedy }
                }
                other => other,
            })?);
        } else {
            let table = ResultTable::read(path, &text)?;
            tables.entry(table.fingerprint.clone()).or_default().push((table, digest));
        }
    }
    for (_, tables) in tables {
        documents.push(assembled(tables)?);
    }
    Aggregate::merged(documents)
}

/// The results of one plan.
fn assembled(mut tables: Vec<(ResultTable, String)>) -> Result<Aggregate> {
    tables.sort_by_key(|(table, _)| table.number);
    let of = tables.iter().map(|(table, _)| table.of).max().unwrap_or(0);
    let counts: Vec<usize> =
        (1..=of).map(|k| tables.iter().filter(|(table, _)| table.number == k).count()).collect();
    let most = counts.iter().copied().max().unwrap_or(0);
    let lacking: Vec<String> = (1..=of).filter(|k| counts[k - 1] < most).map(|k| k.to_string()).collect();
    if !lacking.is_empty() {
        let place = tables.first().map_or_else(String::new, |(table, _)| table.place.clone());
        let parts =
            if most > 1 { format!(", of which others are there {most} times") } else { String::new() };
        let problem = format!("the result of statement {} of {of} is missing{parts}", lacking.join(", "));
        return bad(
            &format!("the results beside {place}"),
            problem,
            "Run all statements, of every part, and name all files.",
        );
    }
    let plan = plan_of(&tables)?;
    let mut parts: BTreeMap<(Option<String>, Option<String>), Part> = BTreeMap::new();
    for (table, _) in &tables {
        for row in table.rows() {
            let key = |role: &Option<String>, column: &str| match role {
                Some(_) => row.text(column),
                None => Ok(None),
            };
            let key = (key(&plan.group, "grp")?, key(&plan.cluster, "clu")?);
            let part = parts.entry(key.clone()).or_insert_with(|| Part::new(&plan, key.0, key.1));
            match row.block() {
                "answers" => answers(&plan, row, part),
                "sums" => sums(&plan, row, part),
                "scale" => answers(&plan, row, part).and_then(|()| sums(&plan, row, part)),
                "pairs" => pairs(&plan, row, part),
                "tables" => two_way(&plan, row, part),
                other => bad(&row.place(), format!("is of a block '{other}'"), "Save the result as it came."),
            }?;
        }
    }
    let sources = tables.iter().filter(|(table, _)| table.number == 1).map(|(_, digest)| digest.clone());
    let mut found = Aggregate::of_parts(plan, parts.into_values().collect());
    found.sources = sources.collect();
    found.check().map_err(|problem| Error::BadAggregate {
        place: "the results together".into(),
        problem,
        remedy: "Run all statements on the same rows (a table that grows meanwhile gives other counts), and save each result whole."
            .into(),
    })?;
    Ok(found)
}

fn plan_of(tables: &[(ResultTable, String)]) -> Result<AggregatePlan> {
    let first = tables.iter().flat_map(|(table, _)| table.rows()).find(|row| row.has("plan"));
    let Some(row) = first else {
        return bad("the results", "are of no rows".into(), "Look at the table and the filter of the query.");
    };
    let text = row.text("plan")?.and_then(|text| decoded(&text));
    let plan: Option<AggregatePlan> = text.and_then(|text| serde_json::from_str(&text).ok());
    let known = tables.first().map(|(table, _)| table.fingerprint.clone());
    match plan {
        Some(plan) if Some(plan.fingerprint()) == known => {
            plan.check()?;
            Ok(plan)
        }
        _ => bad(
            &row.place(),
            "column 'plan' does not hold the plan of the statements".into(),
            "Save the result as it came.",
        ),
    }
}

fn answers(plan: &AggregatePlan, row: ResultRow<'_>, part: &mut Part) -> Result<()> {
    let rows = row.count("n_rows")?;
    let mut is_first = false;
    for (i, item) in plan.items.iter().enumerate() {
        let at = i + 1;
        if !row.has(&format!("n{at}")) {
            continue;
        }
        is_first |= i == 0;
        let n = row.count(&format!("n{at}"))?;
        let mut own = ItemSums::new(item.missing_codes.len(), item.codes.len());
        own.n = n;
        own.empty = row.count(&format!("e{at}"))?;
        for (k, count) in own.coded_missing.iter_mut().enumerate() {
            *count = row.count(&format!("m{at}_{}", k + 1))?;
        }
        for (k, sum) in own.powers.iter_mut().enumerate() {
            *sum = row.sum(&format!("s{at}_{}", k + 1), n)?;
        }
        own.lowest = row.number(&format!("l{at}"))?.map(|x| x + item.centre);
        own.highest = row.number(&format!("h{at}"))?.map(|x| x + item.centre);
        for (k, count) in own.frequencies.iter_mut().enumerate() {
            *count = row.count(&format!("f{at}_{}", k + 1))?;
        }
        let known = own.n + own.missing();
        let Some(impossible) = rows.checked_sub(known) else {
            let problem = format!("has {known} answers and gaps of '{}' in {rows} rows", item.name);
            return bad(&row.place(), problem, "Run the statement again, as it was written.");
        };
        own.impossible = impossible;
        part.items[i].merge(&own);
    }
    if is_first {
        part.rows += rows;
        if plan.is_weighted() {
            part.unweighted += row.count("n_unweighted")?;
        }
    }
    Ok(())
}

fn sums(plan: &AggregatePlan, row: ResultRow<'_>, part: &mut Part) -> Result<()> {
    let p = plan.items.len();
    let n = row.count("n")?;
    if n == 0 {
        return Ok(());
    }
    let answered = match plan.incomplete {
        IncompleteRows::Patterns => {
            let mut digits = String::with_capacity(p);
            for i in 0..p {
                let mask = row.count(&format!("mask{}", i / MASK_BITS + 1))?;
                digits.push(if mask >> (i % MASK_BITS) & 1 == 1 { '1' } else { '0' });
            }
            digits
        }
        // a row of a statement that counts incomplete rows too
        _ if row.has("complete") && row.count("complete")? == 0 => return Ok(()),
        _ => "1".repeat(p),
    };
    if !answered.contains('1') {
        return Ok(());
    }
    let weight = if plan.is_weighted() { row.sum("w", n)? } else { n as f64 };
    let own = part.pattern(&answered);
    let places = own.places();
    // the block with the first sum counts the rows
    if places.first().is_some_and(|i| row.has(&format!("s{}", i + 1))) {
        own.n += n;
        own.weight += weight;
    }
    let mut at = 0;
    for (a, i) in places.iter().enumerate() {
        let name = format!("s{}", i + 1);
        if row.has(&name) {
            own.sums[a] += row.sum(&name, n)?;
        }
        for j in &places[a..] {
            let name = format!("p{}_{}", i + 1, j + 1);
            if row.has(&name) {
                own.products[at] += row.sum(&name, n)?;
            }
            at += 1;
        }
    }
    Ok(())
}

fn pairs(plan: &AggregatePlan, row: ResultRow<'_>, part: &mut Part) -> Result<()> {
    let p = plan.items.len();
    let rows = row.count("n")?;
    let Some(own) = &mut part.pairs else {
        return bad(
            &row.place(),
            "has sums of pairs that its plan does not keep".into(),
            "Name results of one plan.",
        );
    };
    let mut at = 0;
    for i in 1..=p {
        for j in i..=p {
            if row.has(&format!("ab{i}_{j}")) {
                if (i, j) == (1, 1) {
                    own.rows += rows;
                }
                let n = row.count(&format!("n{i}_{j}"))?;
                own.n[at] += n;
                let w = if plan.is_weighted() { row.sum(&format!("w{i}_{j}"), n)? } else { n as f64 };
                let sums = own.sums_mut();
                sums[0][at] += w;
                for (k, name) in ["a", "b", "aa", "bb", "ab"].into_iter().enumerate() {
                    sums[k + 1][at] += row.sum(&format!("{name}{i}_{j}"), n)?;
                }
            }
            at += 1;
        }
    }
    Ok(())
}

fn two_way(plan: &AggregatePlan, row: ResultRow<'_>, part: &mut Part) -> Result<()> {
    let n = row.count("n")?;
    let mut found: Vec<(usize, usize)> = Vec::with_capacity(2);
    for i in 0..plan.items.len() {
        if let Some(code) = row.code(&format!("v{}", i + 1))? {
            let codes = plan.items[i].codes.len();
            if code > codes {
                let problem = format!("has code {code} of '{}', which has {codes}", plan.items[i].name);
                return bad(&row.place(), problem, "Run the statement again, as it was written.");
            }
            // missing answers stand last
            found.push((i, if code == 0 { codes } else { code - 1 }));
        }
    }
    let [(i, a), (j, b)] = found[..] else {
        let problem = format!("is of {} items and not of two", found.len());
        return bad(&row.place(), problem, "Run the statement again, as it was written.");
    };
    let p = plan.items.len();
    let at = i * p - i * (i + 1) / 2 + j - i - 1;
    let Some(table) = part.tables.get_mut(at) else {
        return bad(
            &row.place(),
            "has a two-way table that its plan does not count".into(),
            "Name results of one plan.",
        );
    };
    table[a * (plan.items[j].codes.len() + 1) + b] += n;
    Ok(())
}
