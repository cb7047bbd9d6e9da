//! Conclusions about relations to other variables, and about the use of scores.

use super::conclusion::{Aspect, Conclusion, Rule, SMALLEST_GROUP, Verdict, counted};
use super::relations::{HypothesisTally, LatentCorrelation, Problem, Relations, TestedHypothesis};
use super::total_score::TotalCaveat;
use crate::construct::VariableRole;
use crate::evidence::dimension_evidence::DimensionEvidence;

const CONVERGING: Rule = Rule(
    "The items of a factor share enough when its average variance extracted is at least .50.",
    "De items van een factor delen genoeg als de gemiddelde verklaarde variantie (AVE) ten minste .50 is.",
    "Fornell & Larcker (1981). Journal of Marketing Research 18, 39-50.",
);
const DISTINCT: Rule = Rule(
    "Factors are distinct when the 95 % interval of their correlation stays below .90; from .80 on the problem is marginal.",
    "Factoren zijn te onderscheiden als het 95%-interval van hun correlatie onder .90 blijft; vanaf .80 is het probleem \
     marginaal.",
    "Ronkko & Cho (2022). Organizational Research Methods 25, 6-47.",
);
const CRITERION: Rule = Rule(
    "A score goes with a criterion when the 95 % interval of their correlation leaves out zero.",
    "Een score hangt samen met een criterium als het 95%-interval van hun correlatie nul niet bevat.",
    "AERA, APA & NCME (2014). Standards for educational and psychological testing, standard 1.16-1.18.",
);
const NET: Rule = Rule(
    "Construct validity is sufficient when at least 75 % of the hypotheses are confirmed: expected sign, expected size, and \
     an interval without zero.",
    "De constructvaliditeit is voldoende als ten minste 75 % van de hypothesen is bevestigd: verwacht teken, verwachte \
     omvang, en een interval zonder nul.",
    "Prinsen et al. (2018). COSMIN guideline. Quality of Life Research 27, 1147-1157, table 1.",
);
const MEDIATED: Rule = Rule(
    "An intervention works through the construct when the Monte-Carlo interval of the indirect effect leaves out zero.",
    "Een interventie werkt via het construct als het Monte-Carlo-interval van het indirecte effect nul niet bevat.",
    "Preacher & Selig (2012). Communication Methods and Measures 6, 77-98.",
);
const DIFFERING: Rule = Rule(
    "Mean scores of groups differ when Welch's test is significant (.05); where measurement invariance does not hold, or is \
     not examined, a difference may come from the instrument.",
    "Gemiddelde scores van groepen verschillen als de toets van Welch significant is (.05); waar meetinvariantie niet opgaat, \
     of niet is onderzocht, kan een verschil van het instrument komen.",
    "Welch (1951). Biometrika 38, 330-336; Meredith (1993). Psychometrika 58, 525-543.",
);
const PRECISE: Rule = Rule(
    "The change of one person can be told from measurement error when it exceeds the smallest detectable change.",
    "De verandering van één persoon is van meetfout te onderscheiden als zij groter is dan de kleinste waarneembare \
     verandering.",
    "de Vet et al. (2006). Health and Quality of Life Outcomes 4, 54.",
);
/// Average variance extracted that a factor needs.
const SHARED: f64 = 0.5;

/// The conclusions about relations; those about a factor are about the construct.
pub(crate) fn about_relations(
    construct: &str,
    relations: &Relations,
    hypotheses: &[TestedHypothesis],
    tally: &HypothesisTally,
    caveat: Option<&TotalCaveat>,
) -> Vec<Conclusion> {
    let mut conclusions = Vec::new();
    let about = |aspect, found, rule: &Rule| Conclusion::new(construct, aspect, found, rule);
    conclusions.extend(convergence(relations).map(|found| about(Aspect::Convergence, found, &CONVERGING)));
    conclusions.extend(distinctness(relations).map(|found| about(Aspect::Distinctness, found, &DISTINCT)));
    conclusions.extend(
        criteria(construct, relations, caveat).into_iter().map(|f| about(Aspect::Criteria, f, &CRITERION)),
    );
    conclusions.extend(net(hypotheses, tally).map(|found| about(Aspect::Hypotheses, found, &NET)));
    conclusions.extend(paths(relations).into_iter().map(|found| about(Aspect::Paths, found, &MEDIATED)));
    conclusions.extend(
        differences(construct, relations, caveat)
            .into_iter()
            .map(|f| about(Aspect::Differences, f, &DIFFERING)),
    );
    conclusions
}

/// The conclusion about measurement error of a dimension's score.
pub(crate) fn about_error(dimension: &DimensionEvidence) -> Option<Conclusion> {
    let error =
        dimension.scale.reliability.as_ref()?.error.filter(|_| dimension.scale.n >= SMALLEST_GROUP)?;
    let text = (
        format!(
            "A score is known to within a standard error of {:.2}; a person must change by more than {:.2} to be seen to \
             change.",
            error.sem, error.sdc
        ),
        format!(
            "Een score heeft een standaardmeetfout van {:.2}; iemand moet meer dan {:.2} veranderen om die verandering te \
             kunnen zien.",
            error.sem, error.sdc
        ),
    );
    Some(Conclusion::new(&dimension.id, Aspect::Error, (Verdict::Open, text), &PRECISE))
}

type Found = (Verdict, (String, String));

fn convergence(relations: &Relations) -> Option<Found> {
    let known: Vec<(&str, f64)> =
        relations.convergent.iter().filter_map(|c| Some((c.dimension.as_str(), c.ave?))).collect();
    if known.is_empty() {
        return None;
    }
    let low: Vec<String> = known
        .iter()
        // of the three decimals that are told
        .filter(|(_, ave)| (1000.0 * ave).round() < 1000.0 * SHARED)
        .map(|(name, ave)| format!("{name} ({ave:.3})"))
        .collect();
    let all = known.len();
    let (one, ave) = (all == 1, known[0].1);
    Some(if low.is_empty() {
        let text = if one {
            (
                format!("The factor explains at least half of its items' variance (AVE {ave:.3})."),
                format!(
                    "De factor verklaart ten minste de helft van de variantie van zijn items (AVE {ave:.3})."
                ),
            )
        } else {
            (
                format!("Each of {all} factors explains at least half of its items' variance."),
                format!(
                    "Elk van de {all} factoren verklaart ten minste de helft van de variantie van zijn items."
                ),
            )
        };
        (Verdict::Supported, text)
    } else {
        let several = low.len() > 1;
        let text = if one {
            (
                format!("The factor explains less than half of its items' variance (AVE {ave:.3})."),
                format!(
                    "De factor verklaart minder dan de helft van de variantie van zijn items (AVE {ave:.3})."
                ),
            )
        } else {
            (
                format!(
                    "{} of {all} factors {} less than half of their items' variance: {}.",
                    low.len(),
                    if several { "explain" } else { "explains" },
                    low.join(", ")
                ),
                format!(
                    "{} van de {all} factoren {} minder dan de helft van de variantie van hun items: {}.",
                    low.len(),
                    if several { "verklaren" } else { "verklaart" },
                    low.join(", ")
                ),
            )
        };
        (Verdict::NotSupported, text)
    })
}

fn distinctness(relations: &Relations) -> Option<Found> {
    let all = &relations.discriminant.as_ref()?.latent_correlations;
    // a correlation of -.95 makes two factors one as much as .95
    let limit = |c: &LatentCorrelation| Some(c.upper?.max(-c.lower?));
    let nearest = all.iter().filter_map(|c| Some((c, c.estimate?, limit(c)?)));
    let (nearest, r, limit) = nearest.max_by(|a, b| a.2.total_cmp(&b.2))?;
    let listed = |of: &dyn Fn(Problem) -> bool| -> Vec<String> {
        let bad = all.iter().filter(|c| c.problem.is_some_and(of));
        bad.filter_map(|c| Some(format!("{} - {} ({:.2})", c.first, c.second, c.estimate?))).collect()
    };
    let (bad, marginal) = (listed(&|p| p >= Problem::Moderate), listed(&|p| p == Problem::Marginal));
    let known = all.iter().filter(|c| c.problem.is_some()).count();
    let (first, second) = (&nearest.first, &nearest.second);
    let limit = limit.copysign(r);
    let one = known == 1;
    Some(if !bad.is_empty() {
        let text = if one {
            (
                format!("The two factors are hardly distinct: {}.", bad.join(", ")),
                format!("De twee factoren zijn nauwelijks te onderscheiden: {}.", bad.join(", ")),
            )
        } else {
            let several = bad.len() > 1;
            (
                format!(
                    "{} of {known} pairs of factors {} hardly distinct: {}.",
                    bad.len(),
                    if several { "are" } else { "is" },
                    bad.join(", ")
                ),
                format!(
                    "{} van de {known} paren factoren {} nauwelijks te onderscheiden: {}.",
                    bad.len(),
                    if several { "zijn" } else { "is" },
                    bad.join(", ")
                ),
            )
        };
        (Verdict::NotSupported, text)
    } else {
        let (en, nl) = if marginal.is_empty() {
            (String::new(), String::new())
        } else {
            (format!(" Marginal: {}.", marginal.join(", ")), format!(" Marginaal: {}.", marginal.join(", ")))
        };
        let text = if one {
            (
                format!("The two factors are distinct: {first} - {second} ({r:.2}, up to {limit:.2}).{en}"),
                format!(
                    "De twee factoren zijn te onderscheiden: {first} - {second} ({r:.2}, tot {limit:.2}).{nl}"
                ),
            )
        } else {
            (
                format!(
                    "All {known} pairs of factors are distinct; nearest to one are {first} - {second} ({r:.2}, up to \
                     {limit:.2}).{en}"
                ),
                format!(
                    "Alle {known} paren factoren zijn te onderscheiden; het dichtst bij één liggen {first} - {second} ({r:.2}, \
                     tot {limit:.2}).{nl}"
                ),
            )
        };
        (Verdict::Supported, text)
    })
}

fn criteria(construct: &str, relations: &Relations, caveat: Option<&TotalCaveat>) -> Vec<Found> {
    let with = |relation: &&super::relations::CriterionRelation| relation.scale == construct;
    let mut own: Vec<_> = relations.criterion.iter().filter(with).collect();
    if own.is_empty() {
        // a construct of one dimension
        own = relations.criterion.iter().collect();
    }
    let (score, scoor) = called(caveat);
    own.into_iter()
        .map(|relation| {
            let (role, rol) = match relation.role {
                VariableRole::Criterion => ("criterion", "het criterium"),
                _ => ("outcome", "de uitkomst"),
            };
            let name = &relation.variable;
            let Some((found, interval)) = relation.observed.and_then(|o| Some((o, o.interval?))) else {
                let why = relation.reason.clone().unwrap_or_default();
                let text = (
                    format!("The relation with the {role} '{name}' could not be estimated: {why}."),
                    format!("De samenhang met {rol} '{name}' was niet te schatten: {why}."),
                );
                return (Verdict::Open, text);
            };
            let latent = relation.latent.map_or((String::new(), String::new()), |l| {
                (format!("; of the factor {:.2}", l.estimate), format!("; van de factor {:.2}", l.estimate))
            });
            let text = (
                format!(
                    "{score} correlates {:.2} with the {role} '{name}' (95 % interval {:.2} to {:.2}, n = {}{}).",
                    found.r, interval.lower, interval.upper, found.n, latent.0
                ),
                format!(
                    "{scoor} correleert {:.2} met {rol} '{name}' (95%-interval {:.2} tot {:.2}, n = {}{}).",
                    found.r, interval.lower, interval.upper, found.n, latent.1
                ),
            );
            let apart = interval.lower > 0.0 || interval.upper < 0.0;
            (if apart { Verdict::Supported } else { Verdict::NotSupported }, text)
        })
        .collect()
}

fn net(hypotheses: &[TestedHypothesis], tally: &HypothesisTally) -> Option<Found> {
    if hypotheses.is_empty() {
        return None;
    }
    let (confirmed, tested, declared) = (tally.confirmed, tally.tested, tally.declared);
    let failed: Vec<&str> =
        hypotheses.iter().filter(|h| h.confirmed == Some(false)).map(|h| h.id.as_str()).collect();
    let of = counted(tested, "tested hypothesis", "tested hypotheses");
    let van = counted(tested, "getoetste hypothese", "getoetste hypothesen");
    let (is, ziet) = if confirmed == 1 { ("is", "is") } else { ("are", "zijn") };
    let mut text = match tested {
        0 => ("No hypothesis could be tested.".into(), "Geen hypothese kon worden getoetst.".into()),
        _ => (
            format!("{confirmed} of {of} {is} confirmed."),
            format!("{confirmed} van de {van} {ziet} bevestigd."),
        ),
    };
    if !failed.is_empty() {
        text.0 += &format!(" Not confirmed: {}.", failed.join(", "));
        text.1 += &format!(" Niet bevestigd: {}.", failed.join(", "));
    }
    if tested < declared {
        let rest: Vec<&str> =
            hypotheses.iter().filter(|h| h.confirmed.is_none()).map(|h| h.id.as_str()).collect();
        text.0 += &format!(" Not tested: {}.", rest.join(", "));
        text.1 += &format!(" Niet getoetst: {}.", rest.join(", "));
    }
    let verdict = match tally.sufficient {
        Some(true) => Verdict::Supported,
        Some(false) => Verdict::NotSupported,
        None => Verdict::Open,
    };
    Some((verdict, text))
}

fn paths(relations: &Relations) -> Vec<Found> {
    let each = relations.paths.iter().map(|path| {
        let number = |x: Option<f64>| x.map_or("-".into(), |x| format!("{x:.2}"));
        let (indirect, total) = (number(path.indirect.std_all), number(path.total.std_all));
        let apart = path.indirect_interval.is_some_and(|i| i.lower > 0.0 || i.upper < 0.0);
        let (from, to) = (&path.from, &path.to);
        let (en, nl) = if apart { ("reaches", "bereikt") } else { ("is not shown to reach", "bereikt aantoonbaar niet") };
        let text = (
            format!(
                "'{from}' {en} '{to}' through the construct (standardised indirect effect {indirect} of a total of {total})."
            ),
            format!(
                "'{from}' {nl} '{to}' via het construct (gestandaardiseerd indirect effect {indirect}, totaal effect {total})."
            ),
        );
        (if apart { Verdict::Supported } else { Verdict::NotSupported }, text)
    });
    each.collect()
}

/// What the score of the construct is called: a total of what is not one is not called a score.
fn called(caveat: Option<&TotalCaveat>) -> (&'static str, &'static str) {
    match caveat {
        None => ("The score", "De score"),
        Some(_) => (
            "The total, of dimensions that are not one construct,",
            "Het totaal, van dimensies die niet één construct zijn,",
        ),
    }
}

fn differences(construct: &str, relations: &Relations, caveat: Option<&TotalCaveat>) -> Vec<Found> {
    let own = relations.known_groups.iter().filter(|g| g.scale == construct);
    own.filter_map(|found| {
        let welch = found.groups.welch?;
        let variable = &found.groups.variable;
        let differ = welch.pvalue < 0.05;
        let (en, nl) = if differ {
            ("differ", "verschillen")
        } else {
            ("do not differ demonstrably", "verschillen niet aantoonbaar")
        };
        let p = if welch.pvalue < 0.001 { "< .001".to_string() } else { format!("= {:.3}", welch.pvalue) };
        let omega = found.groups.omega2.max(0.0);
        let (scores, scoren) = match caveat {
            None => ("scores", "scores"),
            Some(_) => ("totals (of dimensions that are not one construct)", "totalen (van dimensies die niet één construct zijn)"),
        };
        let text = (
            format!(
                "Mean {scores} by {variable} {en} (Welch F = {:.2}, p {p}, omega squared {omega:.3}).",
                welch.f
            ),
            format!(
                "Gemiddelde {scoren} naar {variable} {nl} (Welch F = {:.2}, p {p}, omega-kwadraat {omega:.3}).",
                welch.f
            ),
        );
        Some((Verdict::Open, text))
    })
    .collect()
}
