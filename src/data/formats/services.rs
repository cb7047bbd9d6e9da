//! Exports of survey services: how each is recognised, what its header rows mean, which columns tell about the answering.

use crate::construct::Service;

/// What the header rows say.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) service: Service,
    /// In words.
    pub(crate) said: String,
    pub(crate) names: Vec<String>,
    pub(crate) labels: Vec<Option<String>>,
    pub(crate) metadata: Vec<bool>,
    /// Rows of the header.
    pub(crate) rows: usize,
}

const QUALTRICS: &[&str] = &[
    "startdate",
    "enddate",
    "status",
    "ipaddress",
    "progress",
    "duration (in seconds)",
    "finished",
    "recordeddate",
    "responseid",
    "recipientlastname",
    "recipientfirstname",
    "recipientemail",
    "externalreference",
    "externaldatareference",
    "locationlatitude",
    "locationlongitude",
    "locationaccuracy",
    "distributionchannel",
    "userlanguage",
    "responseset",
    "name",
    "emailaddress",
    "q_recaptchascore",
    "q_totalduration",
];
const SOSCI: &[&str] = &[
    "case", "serial", "ref", "questnnr", "mode", "started", "lastdata", "finished", "q_viewer", "lastpage",
    "maxpage", "missing", "missrel", "time_rsi", "time_sum", "deg_time", "language", "mailsent", "dispcode",
    "status",
];
const LIMESURVEY: &[(&str, &str)] = &[
    ("id", "Response ID"),
    ("submitdate", "Date submitted"),
    ("lastpage", "Last page"),
    ("startlanguage", "Start language"),
    ("seed", "Seed"),
    ("startdate", "Date started"),
    ("datestamp", "Date last action"),
    ("ipaddr", "IP address"),
    ("refurl", "Referrer URL"),
    ("token", "Access code"),
    ("interviewtime", "Total time"),
];
/// The same columns as headings, in the languages that were met.
const LIMESURVEY_HEADINGS: &[&str] = &[
    "response id",
    "date submitted",
    "last page",
    "start language",
    "seed",
    "date started",
    "date last action",
    "ip address",
    "referrer url",
    "access code",
    "total time",
    "antwoord id",
    "datum ingezonden",
    "laatste pagina",
    "starttaal",
    "startdatum",
    "datum laatste actie",
    "ip-adres",
    "antwort id",
    "datum abgeschickt",
    "letzte seite",
    "start-sprache",
    "startsprache",
    "datum letzte aktivität",
    "ip-adresse",
    "id de la réponse",
    "date de soumission",
    "dernière page",
    "langue de départ",
    "date de lancement",
    "date de la dernière action",
    "adresse ip",
    "id de respuesta",
    "fecha de envío",
    "última página",
    "lenguaje inicial",
    "fecha de inicio",
    "fecha de la última acción",
    "dirección ip",
    "tijdstip ingezonden",
    "zaad",
];
const SURVEYMONKEY: &[&str] = &[
    "respondent id",
    "respondentid",
    "collector id",
    "collectorid",
    "start date",
    "startdate",
    "end date",
    "enddate",
    "ip address",
    "email address",
    "first name",
    "last name",
    "date created",
    "date modified",
];
const GOOGLE: &[&str] = &[
    "timestamp",
    "tijdstempel",
    "zeitstempel",
    "horodateur",
    "marca temporal",
    "carimbo de data/hora",
    "informazioni cronologiche",
    "tidsstempel",
    "tidsstämpel",
    "sygnatura czasowa",
];
const FORMS: &[&str] = &[
    "id",
    "start time",
    "completion time",
    "email",
    "name",
    "last modified time",
    "begintijd",
    "tijd van voltooien",
    "voltooiingstijd",
    "e-mail",
    "naam",
    "tijd van laatste wijziging",
    "startzeit",
    "fertigstellungszeit",
    "e-mail-adresse",
    "heure de début",
    "heure de fin",
    "adresse de messagerie",
    "nom",
    "hora de inicio",
    "hora de finalización",
    "correo electrónico",
    "nombre",
];

type Rows = [Vec<String>];

fn lower(row: &[String]) -> Vec<String> {
    row.iter().map(|name| name.trim().to_lowercase()).collect()
}

fn known(names: &[String], list: &[&str]) -> usize {
    names.iter().filter(|name| list.contains(&name.as_str())).count()
}

/// The service that the first rows tell.
fn recognised(rows: &Rows) -> Service {
    let Some(first) = rows.first() else { return Service::None };
    let names = lower(first);
    let has = |name: &str| names.iter().any(|n| n == name);
    let import_ids =
        |row: &Vec<String>| row.iter().filter(|c| c.trim_start().starts_with("{\"ImportId\"")).count() > 0;
    if rows.iter().take(3).skip(1).any(import_ids) {
        return Service::Qualtrics;
    }
    let same = rows.get(1).map_or(0, |second| {
        lower(second).iter().zip(&names).filter(|(a, b)| a == b && QUALTRICS.contains(&b.as_str())).count()
    });
    if has("responseid") && same >= 3 {
        return Service::Qualtrics;
    }
    if has("case") && known(&names, SOSCI) >= 3 {
        return Service::SoSci;
    }
    let limesurvey: Vec<&str> = LIMESURVEY.iter().map(|(name, _)| *name).collect();
    if known(&names, &limesurvey) >= 3 && (has("submitdate") || has("lastpage"))
        || known(&names, LIMESURVEY_HEADINGS) >= 4
    {
        return Service::LimeSurvey;
    }
    if (has("respondent id") || has("respondentid")) && (has("collector id") || has("collectorid")) {
        return Service::SurveyMonkey;
    }
    if names.first().is_some_and(|name| GOOGLE.contains(&name.as_str())) {
        return Service::Google;
    }
    if has("id") && known(&names, FORMS) >= 3 {
        return Service::Forms;
    }
    let complete = names.iter().any(|n| n.ends_with("_complete") || n == "complete?");
    let checkbox = names.iter().any(|n| n.contains("___") || n.contains("(choice="));
    if has("redcap_event_name") || (complete && (checkbox || has("record_id") || has("record id"))) {
        return Service::Redcap;
    }
    Service::None
}

/// Reads the header rows; `asked` overrules what they tell.
pub(crate) fn header(rows: &Rows, asked: Option<Service>) -> Header {
    let service = asked.unwrap_or_else(|| recognised(rows));
    let first = rows.first().cloned().unwrap_or_default();
    let plain: Vec<String> = first.iter().map(|name| name.trim().to_string()).collect();
    let lowered = lower(&first);
    let listed = |list: &[&str]| lowered.iter().map(|n| list.contains(&n.as_str())).collect::<Vec<bool>>();
    let questions: Vec<Option<String>> = plain.iter().map(|name| wording(name)).collect();
    let below = |at: usize| {
        rows.get(at).map(|row| {
            row.iter().map(|t| Some(t.trim().to_string()).filter(|t| !t.is_empty())).collect::<Vec<_>>()
        })
    };
    let mut header = Header {
        service,
        said: String::new(),
        names: plain,
        labels: questions,
        metadata: vec![false; first.len()],
        rows: 1,
    };
    match service {
        Service::Qualtrics => {
            let ids = rows
                .iter()
                .take(3)
                .position(|row| row.iter().any(|c| c.trim_start().starts_with("{\"ImportId\"")));
            header.rows = ids.map_or(2, |at| at + 1).max(2);
            header.labels = below(1).unwrap_or_default();
            header.metadata = listed(QUALTRICS);
            header.said = if ids.is_some() {
                "Qualtrics export: rows 2 and 3 hold question texts and import ids".into()
            } else {
                "Qualtrics export of the old kind: row 2 holds question texts".into()
            };
        }
        Service::SoSci => {
            let labelled =
                rows.get(1).is_some_and(|row| row.first().is_some_and(|c| c.trim().parse::<f64>().is_err()));
            header.rows = 1 + usize::from(labelled);
            header.labels = if labelled { below(1).unwrap_or_default() } else { vec![None; first.len()] };
            header.metadata = lowered.iter().map(|n| SOSCI.contains(&n.as_str()) || is_time(n)).collect();
            header.said =
                format!("SoSci Survey export{}", if labelled { ": row 2 holds labels" } else { "" });
        }
        Service::LimeSurvey => limesurvey(&mut header, &lowered),
        Service::SurveyMonkey => surveymonkey(&mut header, rows, &lowered),
        Service::Google => {
            const ADDRESSES: [&str; 4] = ["email address", "username", "e-mailadres", "e-mail-adresse"];
            let own = lowered.iter().enumerate();
            header.metadata = own.map(|(at, n)| at == 0 || ADDRESSES.contains(&n.as_str())).collect();
            header.said = "Google Forms export".into();
        }
        Service::Forms => {
            let own = lowered.iter().enumerate();
            header.metadata = own.map(|(at, n)| at < 7 && n != "id" && FORMS.contains(&n.as_str())).collect();
            header.said = "Microsoft Forms export".into();
        }
        Service::Redcap => redcap(&mut header, &lowered),
        Service::Spss | Service::None => {}
    }
    header.labels.resize(first.len(), None);
    header
}

fn redcap(header: &mut Header, lowered: &[String]) {
    let about = |n: &String| {
        n.ends_with("_complete")
            || n.starts_with("complete?")
            || n.ends_with("timestamp")
            || n == "survey identifier"
            || n == "redcap_survey_identifier"
    };
    header.metadata = lowered.iter().map(about).collect();
    let labelled = lowered.iter().any(|n| n.starts_with("complete?") || n.contains("(choice="));
    header.said = format!("REDCap export, {}", if labelled { "labels" } else { "raw codes" });
}

fn is_time(name: &str) -> bool {
    name.strip_prefix("time").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
}

/// The wording in a heading: what stands in brackets at its end, or the heading itself where it is more than a name.
fn wording(name: &str) -> Option<String> {
    let bracketed = name.strip_suffix(']').and_then(|inner| inner.split_once(" ["));
    if let Some((_, row)) = bracketed.filter(|(stem, row)| !stem.is_empty() && !row.is_empty()) {
        return Some(row.to_string());
    }
    name.contains(char::is_whitespace).then(|| name.to_string())
}

fn limesurvey(header: &mut Header, lowered: &[String]) {
    let codes = lowered.iter().any(|n| n == "submitdate" || n == "lastpage");
    for (at, name) in lowered.iter().enumerate() {
        let own = LIMESURVEY.iter().find(|(code, _)| codes && code == name);
        let heading = LIMESURVEY_HEADINGS.contains(&name.as_str());
        header.metadata[at] = (own.is_some() && name != "id") || (heading && at > 0);
        // 'G1Q1. Question' and 'G1Q1[SQ001]. Question' have both
        let both = name.split_once(". ").is_some_and(|(code, _)| !code.contains(' ') && code.contains('q'));
        header.labels[at] = match own {
            Some((_, label)) => Some((*label).to_string()),
            None if both => header.names[at].split_once(". ").map(|(_, text)| text.to_string()),
            None if codes && !header.names[at].contains(' ') => None,
            None => wording(&header.names[at]).or_else(|| heading.then(|| header.names[at].clone())),
        };
    }
    header.said = format!("LimeSurvey export, {}", if codes { "question codes" } else { "question texts" });
}

fn surveymonkey(header: &mut Header, rows: &Rows, lowered: &[String]) {
    header.metadata =
        lowered.iter().map(|n| SURVEYMONKEY.contains(&n.as_str()) || n.starts_with("custom data")).collect();
    let below = rows.get(1).cloned().unwrap_or_default();
    let known = header.metadata.iter().take_while(|m| **m).count().max(1);
    let two =
        below.iter().take(known).all(|c| c.trim().is_empty()) && below.iter().any(|c| !c.trim().is_empty());
    header.said = format!("SurveyMonkey export{}", if two { ": two header rows" } else { "" });
    if !two {
        return;
    }
    header.rows = 2;
    let mut question = String::new();
    for at in 0..header.names.len() {
        if !header.names[at].is_empty() {
            question.clone_from(&header.names[at]);
        }
        let part = below.get(at).map(|c| c.trim()).unwrap_or_default();
        header.labels[at] = Some(question.clone()).filter(|_| !header.metadata[at]);
        header.names[at].clone_from(&question);
        if !header.metadata[at]
            && !matches!(
                part.to_lowercase().as_str(),
                "" | "response"
                    | "open-ended response"
                    | "antwoord"
                    | "open antwoord"
                    | "antwort"
                    | "freie antwort"
            )
        {
            header.names[at] = format!("{question} - {part}");
            header.labels[at] = Some(part.to_string());
        }
    }
}
