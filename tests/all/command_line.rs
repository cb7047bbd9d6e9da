//! The command line as its users meet it: documents, pages, messages and exit statuses.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const HS: &str = "data/holzinger_swineford_1939/hs.csv";
const THREE: &str = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9\n";

/// A folder with files, gone after the test.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn with(name: &str, text: &str) -> (Self, String) {
        let files = Self::new();
        let path = files.add(name, text);
        (files, path)
    }

    fn add(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name).display().to_string()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_psychometrics"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn status(output: &Output) -> i32 {
    let (code, err) = (output.status.code(), stderr(output));
    assert!(!err.contains("panicked") && !err.contains("RUST_BACKTRACE"), "{err}");
    code.expect("not killed by a signal")
}

/// The document of a run that gave a result.
fn document(arguments: &[&str]) -> Value {
    let output = run(&[arguments, &["--format", "json"]].concat());
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let text = stdout(&output);
    assert!(!text.contains("NaN"));
    serde_json::from_str(&text).unwrap()
}

/// The document of a failed run, and that people are told the same.
fn failure(arguments: &[&str], expected: i32) -> Value {
    let output = run(&[arguments, &["--format=json"]].concat());
    assert_eq!(status(&output), expected, "{}", stderr(&output));
    let document: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let error = if expected == 2 { &document } else { &document["error"] };
    assert_eq!(error["schema"], "psychometrics.error/1");
    for key in ["code", "message", "hint"] {
        assert!(error[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {error}");
    }
    if expected == 3 {
        assert_eq!(document["converged"], false);
    }
    let text = run(arguments);
    assert_eq!(status(&text), expected);
    let err = stderr(&text);
    assert!(err.starts_with("error: ") && err.matches("error: ").count() == 1, "{err}");
    document
}

fn near(value: &Value, expected: f64) {
    assert!(
        (value.as_f64().unwrap() - expected).abs() < 1e-6 * expected.abs().max(1.0),
        "{value} {expected}"
    );
}

#[test]
fn reliability_is_a_page_and_a_document() {
    let arguments = ["reliability", HS, "--columns", "x4,x5,x6"];
    let document = document(&arguments);
    assert_eq!(document["schema"], "psychometrics.reliability/1");
    assert_eq!((&document["n"], &document["items"]), (&301.into(), &3.into()));
    near(&document["alpha"]["raw"], 0.882706912875796);
    near(&document["alpha"]["feldt"]["lower"], 0.857730781140277);
    near(&document["alpha_if_dropped"][2]["raw"], 0.843459158221469);
    assert_eq!(document["missing"]["policy"], "pairwise");
    let page = run(&arguments);
    assert_eq!(status(&page), 0);
    insta::assert_snapshot!("reliability", stdout(&page));
}

#[test]
fn items_are_a_page_a_document_and_a_table() {
    let arguments = ["items", HS, "--columns", "x4,x5,x6"];
    let document = document(&arguments);
    assert_eq!(document["schema"], "psychometrics.items/1");
    let first = &document["items"][0];
    assert_eq!((&first["item"], &first["n"], &first["missing"]), (&"x4".into(), &301.into(), &0.into()));
    near(&first["r_drop"], 0.775981252646001);
    near(&first["r_cor"], 0.824400946605197);
    let csv = stdout(&run(&[&arguments[..], &["--format", "csv"]].concat()));
    let mut lines = csv.lines();
    assert!(lines.next().unwrap().starts_with("item,n,missing,mean,sd"));
    let cells: Vec<&str> = lines.next().unwrap().split(',').collect();
    assert_eq!((cells[0], cells.last()), ("x4", Some(&"")), "nothing is missing");
    assert_eq!(first["reasons"], serde_json::json!({"frequencies": "more than 50 different answers"}));
    assert!(cells[3].len() > 10, "full precision: {}", cells[3]);
    assert!(
        stdout(&run(&[&arguments[..], &["--format", "markdown"]].concat())).starts_with("# Item analysis")
    );
}

#[test]
fn keys_reverse_on_the_declared_scale_or_by_sign_with_a_warning() {
    let (_files, data) = Files::with("d.csv", "a,b\n1,5\n2,3\n4,2\n5,1\n9,4\n");
    let scaled = document(&["items", &data, "--keys", "a,-b", "--scale", "1..5", "--missing-code", "9"]);
    near(&scaled["items"][1]["mean"], 6.0 - 3.0);
    assert_eq!(scaled["items"][0]["missing"], 1);
    assert_eq!(scaled["items"][0]["frequencies"]["3"], 0.0);
    let output = run(&["items", &data, "--keys", "a,-b", "--missing-code", "9", "--format", "json"]);
    let signed: Value = serde_json::from_str(&stdout(&output)).unwrap();
    near(&signed["items"][1]["mean"], -3.0);
    assert_eq!(signed["warnings"][0]["code"], "sign_only_reversal");
    assert!(stderr(&output).starts_with("warning: 'b' was reversed by its sign only"));
}

#[test]
fn fit_is_a_page_and_a_document() {
    let (_files, model) = Files::with("m.lav", THREE);
    let fit = document(&["fit", &model, HS]);
    assert_eq!(fit["schema"], "psychometrics.fit/1");
    assert_eq!((&fit["converged"], &fit["estimator"]), (&true.into(), &"ML".into()));
    assert_eq!((&fit["nobs"], &fit["groups"]), (&serde_json::json!([301]), &serde_json::json!([])));
    near(&fit["fit"]["chisq"], 85.3055217699727);
    assert_eq!(
        (&fit["fit"]["df"], &fit["fit"]["npar"], &fit["fit"]["ntotal"]),
        (&24.0.into(), &21.0.into(), &301.0.into())
    );
    let marker = &fit["parameters"][0];
    assert_eq!(
        (&marker["lhs"], &marker["op"], &marker["rhs"]),
        (&"visual".into(), &"=~".into(), &"x1".into())
    );
    assert_eq!((&marker["free"], &marker["est"], &marker["se"]), (&0.into(), &1.0.into(), &0.0.into()));
    assert!(marker["z"].is_null() && marker["label"] == "");
    assert_eq!((&marker["group"], &marker["level"], &marker["block"]), (&1.into(), &1.into(), &1.into()));
    assert!(fit.get("residuals").is_none() && fit.get("vcov").is_none());
    let page = run(&["fit", &model, HS]);
    insta::assert_snapshot!("fit", stdout(&page));
    assert!(stdout(&run(&["fit", &model, HS, "--format", "markdown"])).contains("| visual =~ x2 | 0.554 |"));
}

#[test]
fn fit_takes_lavaans_options() {
    let (files, model) = Files::with("m.lav", THREE);
    let chisq = |more: &[&str]| document(&[&["fit", &model, HS], more].concat())["fit"]["chisq"].clone();
    near(&chisq(&["--orthogonal"]), 153.527097943207);
    near(&chisq(&["--likelihood", "wishart"]), 85.0221147221346);
    let std_lv =
        |more: &[&str]| document(&[&["fit", &model, HS], more].concat())["parameters"][0]["free"].clone();
    assert_eq!(std_lv(&["--std-lv"]), 1);
    assert_eq!(std_lv(&["--std-lv=true"]), 1);
    assert_eq!(std_lv(&["--std-lv", "true"]), 1);
    assert_eq!(std_lv(&["--std-lv", "false"]), 0);
    // a bare switch does not swallow what follows
    assert_eq!(document(&["fit", "--std-lv", &model, HS])["parameters"][0]["free"], 1);
    let means = document(&["fit", &model, HS, "--meanstructure", "--estimator", "ml"]);
    assert_eq!(means["fit"]["npar"], 30.0);
    let regression = files.add("r.lav", "visual =~ x1 + x2 + x3\nvisual ~ ageyr + sex\n");
    assert_eq!(document(&["fit", &regression, HS])["fit"]["npar"], 8.0);
    assert_eq!(document(&["fit", &regression, HS, "--fixed-x", "false"])["fit"]["npar"], 11.0);
    // random by least squares, as in lavaan 0.6-14
    assert_eq!(document(&["fit", &regression, HS, "--estimator", "GLS"])["fit"]["npar"], 11.0);
    assert_eq!(
        document(&["fit", &regression, HS, "--estimator", "GLS", "--fixed-x", "true"])["fit"]["npar"],
        8.0
    );
    let first_order = document(&["fit", &model, HS, "--information", "first.order"]);
    assert_eq!(first_order["information"], "first.order");
    near(&first_order["parameters"][1]["se"], 0.104455300198);
    let more =
        document(&["fit", &model, HS, "--residuals", "--implied", "--vcov", "--r2", "--meanstructure"]);
    near(&more["r2"]["x1"], 0.5958);
    assert_eq!(more["vcov"]["rows"].as_array().unwrap().len(), 30);
    assert!(more["residuals"]["cov"].is_object() && more["implied"]["mean"]["x1"].is_f64());
}

#[test]
fn groups_and_robust_tests_are_asked_for_as_in_lavaan() {
    let (_files, model) = Files::with("m.lav", &format!("{THREE}x1 ~~ a*x1\nshare := a/2\n"));
    let robust = document(&["fit", &model, HS, "--estimator", "MLR"]);
    near(&robust["fit"]["chisq.scaled"], 87.13159386574142);
    assert_eq!(robust["parameters"].as_array().unwrap().last().unwrap()["op"], ":=");
    let page = stdout(&run(&["fit", &model, HS, "--estimator", "MLR"]));
    assert!(page.contains("Chi-square, scaled") && page.contains("robust"), "{page}");
    assert!(page.contains("share := a/2"), "{page}");
    let equal = ["--group", "school", "--group-equal", "loadings,intercepts", "--group-partial", "x7~1"];
    let groups = document(&[&["fit", &model, HS, "--r2"], &equal[..]].concat());
    assert_eq!(
        (&groups["groups"], &groups["nobs"]),
        (&serde_json::json!(["Pasteur", "Grant-White"]), &serde_json::json!([156, 145]))
    );
    assert!(groups["r2"]["Pasteur"]["x1"].is_f64());
    let page = stdout(&run(&[&["fit", &model, HS], &equal[..]].concat()));
    assert!(page.contains("Group 2: Grant-White, 145 respondents"), "{page}");
    assert_eq!(failure(&["fit", &model, HS, "--group", "scool"], 2)["code"], "unknown_column");
    assert_eq!(failure(&["fit", &model, HS, "--group-equal", "loadings"], 2)["code"], "bad_option");
}

#[test]
fn a_printed_covariance_matrix_is_fitted() {
    let (files, model) = Files::with("m.lav", "textual =~ x4 + x5 + x6\nx4 ~~ 0.37*x4");
    let s =
        files.add("s.csv", "x4,x5,x6\n1.3552,1.1014,0.8985\n1.1014,1.6653,1.0179\n0.8985,1.0179,1.2003\n");
    let means = files.add("means.csv", "x4,x5,x6\n3.06,4.34,2.19\n");
    let fit = document(&["fit", &model, &s, "--cov", "--nobs", "301", "--means", &means, "--meanstructure"]);
    assert_eq!((&fit["nobs"], &fit["fit"]["df"]), (&serde_json::json!([301]), &1.0.into()));
    near(&fit["parameters"].as_array().unwrap().iter().find(|p| p["op"] == "~1").unwrap()["est"], 3.06);
    assert_eq!(failure(&["fit", &model, &s, "--cov"], 2)["code"], "bad_option");
    assert_eq!(failure(&["fit", &model, HS, "--nobs", "3"], 2)["code"], "bad_option");
    let crooked = files.add("crooked.csv", "x4,x5,x6\n1,0.5,0.3\n0.5,1,0.4\n0.3,0.9,1\n");
    let error = failure(&["fit", &model, &crooked, "--cov", "--nobs", "100"], 2);
    assert_eq!(error["code"], "not_symmetric");
    assert!(error["place"].as_str().unwrap().contains("x6"), "{error}");
    let impossible = files.add("impossible.csv", "x4,x5,x6\n1,0.9,-0.9\n0.9,1,0.9\n-0.9,0.9,1\n");
    assert_eq!(
        failure(&["fit", &model, &impossible, "--cov", "--nobs", "100"], 3)["error"]["code"],
        "not_positive_definite"
    );
}

#[test]
fn validate_is_a_page_and_a_document() {
    let construct = "data/professional_conduct/construct.toml";
    let evidence = document(&["validate", construct]);
    assert_eq!(evidence["schema"], "psychometrics.validate/1");
    assert_eq!((&evidence["construct"]["id"], &evidence["n"]), (&"professional_conduct".into(), &902.into()));
    near(&evidence["dimensions"][3]["reliability"]["alpha"]["raw"], 0.841896862640868);
    assert_eq!(evidence["structures"].as_array().unwrap().len(), 4);
    // seven dimensions by role and by organisation
    let ladders = evidence["invariance"].as_array().unwrap();
    assert_eq!(ladders.len(), 14);
    assert_eq!(ladders.iter().filter(|own| own["study"].is_null()).count(), 1, "employers by role");
    for built in ["relations", "hypotheses", "content", "map"] {
        assert!(!evidence[built].is_null(), "{built}");
    }
    let validity = document(&["validity", construct]);
    for key in ["convergent", "discriminant", "criterion", "hypotheses"] {
        assert!(!validity[key].is_null(), "{key}");
    }
    for key in ["fornell_larcker", "htmt", "htmt2", "latent_correlations"] {
        assert!(!validity["discriminant"][key].as_array().unwrap().is_empty(), "{key}");
    }
    assert_eq!(validity["hypotheses"], evidence["hypotheses"]);
    let page = stdout(&run(&["validate", construct, "--format", "markdown"]));
    assert!(
        page.starts_with("# Validation of Professional conduct") && page.contains("| second order | 902 |")
    );
    let numbers =
        ["validate", construct, "--format", "markdown", "--level", "continuous", "--bootstrap", "20"];
    let page = stdout(&run(&[&numbers[..], &["--missing", "listwise"]].concat()));
    assert!(page.contains("| second order | 598 |"), "complete rows");
    let refused = run(&[&numbers[..], &["--missing", "pairwise"]].concat());
    assert_eq!(refused.status.code(), Some(2), "numbers have no pairwise model");
    let refused = run(&["validate", construct, "--weights", "w"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("(--weights of fit, efa and irt)"), "{}", stderr(&refused));
    // another file of responses
    let (_files, few) = Files::with("few.csv", &{
        let all = std::fs::read_to_string("data/professional_conduct/responses.csv").unwrap();
        all.lines().take(400).map(|line| format!("{line}\n")).collect::<String>()
    });
    assert_eq!(document(&["validate", construct, "--data", &few])["n"], 399);
}

#[test]
fn output_goes_to_a_file_and_failures_leave_none() {
    let (files, model) = Files::with("m.lav", THREE);
    let target = files.path("fit.json");
    let output = run(&["fit", &model, HS, "--format", "json", "--output", target.to_str().unwrap()]);
    assert_eq!((status(&output), stdout(&output).as_str()), (0, ""));
    let fit: Value = serde_json::from_str(&std::fs::read_to_string(&target).unwrap()).unwrap();
    assert_eq!(fit["converged"], true);
    let nowhere = files.path("no/such/folder/fit.json");
    let output = run(&["fit", &model, HS, "--output", nowhere.to_str().unwrap()]);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("no/such/folder"), "{}", stderr(&output));
}

#[test]
fn bad_files_are_the_inputs_fault() {
    let (files, model) = Files::with("m.lav", THREE);
    let code = |data: &str| failure(&["items", data], 2)["code"].as_str().unwrap().to_string();
    assert_eq!(code("no_such_file.csv"), "unreadable");
    assert_eq!(code("src"), "unreadable");
    assert_eq!(code(&files.add("empty.csv", "")), "empty_file");
    assert_eq!(code(&files.add("header.csv", "a,b,c\n")), "header_only");
    assert_eq!(code(&files.add("ragged.csv", "a,b\n1,2\n3\n")), "ragged_row");
    assert_eq!(code(&files.add("twice.csv", "a,a\n1,2\n")), "duplicate_column");
    assert_eq!(code(&files.add("binary.csv", [0x50, 0xff, 0xfe, 0x00, 0x0a, 0xc3, 0x28])), "other_format");
    let cells = failure(&["items", &files.add("cells.csv", "a,b\n1,2\n\"3,5\",4\n5,often\n")], 2);
    let message = cells["message"].as_str().unwrap();
    assert!(message.contains("2 cells are not an answer"), "{message}");
    assert!(message.contains("row 3, column 'a': '3,5'") && message.contains("decimal comma"), "{message}");
    assert!(message.contains("row 4, column 'b': 'often'"), "{message}");
    assert_eq!(failure(&["fit", "no_model.lav", HS], 2)["code"], "unreadable");
    let unknown = files.add("u.lav", "visual =~ x1 + x2 + x33");
    let error = failure(&["fit", &unknown, HS], 2);
    assert_eq!(error["code"], "unknown_column");
    assert!(
        error["message"].as_str().unwrap().contains("'x33'")
            && error["hint"].as_str().unwrap().contains("x3")
    );
    let slip: String =
        (1..=1000).map(|i| if i == 700 { "f =~ = x\n".into() } else { format!("f =~ x{i}\n") }).collect();
    let error = failure(&["fit", &files.add("long.lav", slip), HS], 2);
    assert_eq!(error["code"], "model_syntax");
    assert!(error["place"].as_str().unwrap().contains("line 700"), "{error}");
    let labels = files.add("l.lav", "f =~ a*1*x1 + a*2*x2 + x3");
    assert_eq!(failure(&["fit", &labels, HS], 2)["code"], "conflicting_label");
    assert_eq!(failure(&["fit", &model, HS, "--columns", "x1,x2"], 2)["code"], "bad_option");
}

#[test]
fn bad_options_are_the_inputs_fault() {
    for arguments in [
        &["items"][..],
        &["items", HS, "--scale", "5..1"],
        &["items", HS, "--wrong"],
        &["fit", "m.lav", HS, "--estimator", "MAGIC"],
        &["validate"],
        &["transmogrify", HS],
    ] {
        let error = failure(arguments, 2);
        assert_eq!(error["code"], "bad_option", "{error}");
    }
    assert!(failure(&["items"], 2)["message"].as_str().unwrap().contains("<DATA>"));
    assert_eq!(status(&run(&[])), 2);
    let error = failure(&["reliability", HS, "--columns", "x1,x2", "--keys", "x3"], 2);
    assert!(error["message"].as_str().unwrap().contains("x3"), "{error}");
    assert_eq!(failure(&["fit", "README.md", HS, "--format", "csv"], 2)["schema"], "psychometrics.error/1");
    let output = run(&["perspectives", HS, "--respondent", "id"]);
    assert!(stderr(&output).contains("known by their names"), "{}", stderr(&output));
    for asks in ["--help", "--version"] {
        let output = run(&[asks]);
        assert_eq!((status(&output), stderr(&output).as_str()), (0, ""));
        assert!(stdout(&output).contains("psychometrics"));
    }
}

#[test]
fn data_that_cannot_carry_the_analysis_end_with_three() {
    let (files, model) = Files::with("m.lav", "f =~ a + b + c");
    let rows = |f: &dyn Fn(usize) -> String| -> String { (0..20).map(|i| f(i) + "\n").collect() };
    let constant =
        files.add("constant.csv", format!("a,b,c\n{}", rows(&|i| format!("{},{},3", i % 5, i % 4))));
    for command in [&["items", &constant][..], &["reliability", &constant], &["fit", &model, &constant]] {
        let document = failure(command, 3);
        assert_eq!(document["error"]["code"], "constant_item");
        assert_eq!(document["error"]["place"], "item 'c'");
    }
    let same =
        files.add("same.csv", format!("a,b,c\n{}", rows(&|i| format!("{},{},{}", i % 5, i % 5, i % 3))));
    assert_eq!(failure(&["fit", &model, &same], 3)["error"]["code"], "identical_items");
    for command in ["items", "reliability"] {
        let document = document(&[command, &same]);
        let codes: Vec<&str> =
            document["warnings"].as_array().unwrap().iter().map(|w| w["code"].as_str().unwrap()).collect();
        assert!(codes.contains(&"identical_items"), "{codes:?}");
    }
    let few = files.add("few.csv", "a,b,c\n1,2,4\n2,1,3\n");
    let document = failure(&["fit", &model, &few], 3);
    assert_eq!(document["error"]["code"], "too_few_rows");
    assert!(document["fit"]["chisq"].is_null() && document["parameters"].as_array().unwrap().is_empty());
    assert_eq!(self::document(&["reliability", &few])["warnings"][0]["code"], "few_rows");
}

#[test]
fn a_model_without_a_solution_gives_its_document_and_three() {
    let (files, model) = Files::with("m.lav", "f =~ NA*x1 + x2 + x3 + x4\n");
    let fit = failure(&["fit", &model, HS], 3);
    assert_eq!((&fit["schema"], &fit["converged"]), (&"psychometrics.fit/1".into(), &false.into()));
    assert_eq!(fit["error"]["code"], "not_identified");
    assert!(fit["error"]["message"].as_str().unwrap().contains("f =~ x1"));
    assert!(fit["parameters"][0]["est"].is_f64() && fit["parameters"][0]["se"].is_null());
    assert!(fit["fit"]["chisq"].is_null() && fit["fit"]["npar"].is_f64());
    let single = files.add("one.lav", "f =~ x1 + x2 + x3\ng =~ x4\n");
    let fit = document(&["fit", &single, HS]);
    assert_eq!(fit["warnings"][0]["code"], "single_indicator");
    let saturated = files.add("three.lav", "f =~ x1 + x2 + x3\n");
    let fit = document(&["fit", &saturated, HS]);
    assert_eq!((&fit["fit"]["rmsea"], &fit["fit"]["cfi"]), (&0.0.into(), &1.0.into()));
    assert!(fit["fit"]["pvalue"].is_null() && fit["warnings"][0]["code"] == "saturated");
}

const CONSTRUCT: &str = r#"
[construct]
id = "care"
[scales.agree]
points = [{ code = 1, label = { en = "no" } }, { code = 2, label = { en = "perhaps" } }, { code = 3, label = { en = "yes" } }]
missing = [9]
[[dimensions]]
id = "warmth"
[[items]]
id = "w1"
dimension = "warmth"
scale = "agree"
[[items]]
id = "w2"
dimension = "warmth"
scale = "agree"
reverse = true
[data]
responses = "r.csv"
respondent = "id"
groups = ["role"]
"#;

#[test]
fn mistakes_in_a_construct_name_their_place() {
    let files = Files::new();
    files.add("r.csv", "id,role,w1,w2\n1,a,1,3\n");
    let code = |from: &str, to: &str| {
        assert!(CONSTRUCT.contains(from), "{from}");
        let path = files.add("c.toml", CONSTRUCT.replacen(from, to, 1));
        let error = failure(&["validate", &path], 2);
        (error["code"].as_str().unwrap().to_string(), error["place"].as_str().unwrap_or_default().to_string())
    };
    assert_eq!(code("id = \"w2\"", "id = \"w1\""), ("duplicate_id".into(), "item 'w1'".into()));
    assert_eq!(
        code("dimension = \"warmth\"\nscale", "scale"),
        ("item_without_dimension".into(), "item 'w1'".into())
    );
    assert_eq!(code("scale = \"agree\"", "scale = \"agre\"").0, "unknown_reference");
    assert_eq!(
        code("{ code = 2, label = { en = \"perhaps\" } }, { code = 3, label = { en = \"yes\" } }", "").0,
        "scale_too_short"
    );
    let (code_, place) = code("id = \"warmth\"", "id = warmth");
    assert!(code_ == "construct_syntax" && place.contains("line 8"), "{place}");
    assert_eq!(code("responses = \"r.csv\"\n", "").0, "no_data_named");
    assert_eq!(failure(&["validate", "nowhere.toml"], 2)["code"], "unreadable");
}

#[test]
fn mistakes_in_responses_are_reported_together() {
    let files = Files::new();
    let construct = files.add("c.toml", CONSTRUCT);
    let mut rows = "id,role,w1,w2\n1,a,yes,3\n2,a,4,Perhaps\n3,b,2,often\n".to_string();
    rows += &(4..40).map(|i| format!("{i},b,7,1\n")).collect::<String>();
    files.add("r.csv", rows);
    let output = run(&["validate", &construct]);
    assert_eq!(status(&output), 2);
    let text = stderr(&output).replace(&files.0.path().display().to_string(), "FOLDER");
    insta::assert_snapshot!("bad_cells", text);
    files.add("r.csv", "id,role,w1,w2\n1,a,1,3\n1,a,2,2\n2,b,3,1\n");
    let error = failure(&["validate", &construct], 2);
    assert_eq!(error["code"], "duplicate_respondent");
    assert!(error["message"].as_str().unwrap().contains("'1'"), "{error}");
    files.add("r.csv", "id,role,w1,w2\n1,a,1,3\n2,b,,\n3,a,2,2\n4,b,9,\n");
    // a group without answers leaves the rest of the report
    let evidence = document(&["validate", &construct]);
    let warnings = evidence["warnings"].as_array().unwrap();
    assert!(
        warnings.iter().any(|w| w["message"].as_str().unwrap().contains("role 'b' as a group")),
        "{warnings:?}"
    );
}

#[test]
fn a_reader_that_stops_is_no_fault() {
    let shell = format!(
        "{} validate data/professional_conduct/construct.toml | head -1",
        env!("CARGO_BIN_EXE_psychometrics")
    );
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new("sh").arg("-c").arg(shell).current_dir(folder).output().unwrap();
    assert_eq!(stdout(&output), "Validation of Professional conduct\n");
    assert_eq!(stderr(&output), "");
}

const LIKERT: &str = "tests/data/likert5.csv";

/// Numbers: lavaan 0.6-14 and R 4.2.2 (`tests/polychoric.rs`, `cor()`).
#[test]
fn correlate_does_what_its_type_says() {
    let found = document(&["correlate", LIKERT, "--columns", "a1,a2", "--type", "polychoric"]);
    assert_eq!((&found["schema"], &found["n"]), (&"psychometrics.correlate/1".into(), &600.into()));
    assert_eq!(found["variables"], serde_json::json!(["a1", "a2"]));
    near(&found["matrix"][0][1], 0.556815593029791);
    near(&found["thresholds"]["a1"][0], -0.967421566101701);
    let missing = "tests/data/likert5_missing.csv";
    let pairwise = document(&["correlate", missing, "--columns", "a1,a2", "--type", "polychoric"]);
    assert_eq!(pairwise["n"], 553);
    for (kind, r) in [("spearman", 0.425173770333), ("pearson", 0.423096632304544)] {
        let found = document(&["correlate", LIKERT, "--columns", "a1,crit", "--type", kind]);
        assert!((found["matrix"][0][1].as_f64().unwrap() - r).abs() < 1e-9, "{kind}: {found}");
    }
    let mixed = ["correlate", LIKERT, "--columns", "a1,crit", "--type", "mixed"];
    assert_eq!(failure(&mixed, 2)["code"], "bad_option");
    let found = document(&[&mixed[..], &["--ordered", "a1"]].concat());
    assert_eq!(found["pairs"][0]["kind"], "polyserial");
    let polychoric = ["correlate", LIKERT, "--columns", "a1,crit", "--type", "polychoric"];
    assert_eq!(failure(&polychoric, 2)["code"], "not_ordinal");
    let page = stdout(&run(&["correlate", LIKERT, "--columns", "a1,a2,a3", "--type", "polychoric"]));
    assert!(page.contains("Thresholds") && page.contains("Smallest eigenvalue: 0.4"), "{page}");
    let csv = run(&["correlate", LIKERT, "--columns", "a1,a2", "--format", "csv"]);
    assert!(stdout(&csv).starts_with(",a1,a2\na1,1,"), "{}", stdout(&csv));
}

/// lavaan 0.6-14: cfa(model, data, ordered = TRUE); semTools 0.5-6: reliability().
#[test]
fn fit_takes_weights_and_clusters() {
    let (_files, model) = Files::with("m.lav", THREE);
    let drawn = ["fit", &model, HS, "--weights", "ageyr", "--cluster", "agemo"];
    let found = document(&drawn);
    assert_eq!(found["sampling_weights"]["variable"], "ageyr");
    assert!(found["sampling_weights"]["design_effect"].as_f64().unwrap() > 1.0);
    assert_eq!(
        (&found["fit"]["npar"], found["design_effects"].as_array().unwrap().len()),
        (&30.0.into(), 30)
    );
    assert!(stdout(&run(&drawn)).contains("Design effects of the clusters"));
    let text = failure(&["fit", &model, HS, "--weights", "school"], 2);
    assert_eq!(text["code"], "bad_cells");
    let plain = document(&["fit", &model, HS]);
    assert!(plain.get("sampling_weights").is_none() && plain.get("design_effects").is_none());
}

#[test]
fn fit_has_the_reliability_of_numbers_too() {
    let (_files, model) = Files::with("a.lav", "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\n");
    let found = document(&["fit", &model, HS, "--reliability"]);
    // semTools 0.5-6, compRelSEM()
    assert!((found["reliability"][1]["omega"].as_f64().unwrap() - 0.885).abs() < 5e-4);
    let page = stdout(&run(&["fit", &model, HS, "--reliability", "--group", "school"]));
    assert!(page.contains("Reliability of the sums of the items of each factor"), "{page}");
    assert!(page.contains("textual (Grant-White)"), "{page}");
    let (_files, explained) = Files::with("b.lav", "visual =~ x1 + x2 + x3\nvisual ~ ageyr\n");
    let page = stdout(&run(&["fit", &explained, HS, "--fn", "sem", "--reliability"]));
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(page.contains("a factor that others explain is no parameter of the model"), "{page}");
    let (_files, path) = Files::with("c.lav", "x1 ~ x2 + x3\n");
    let refused = failure(&["fit", &path, HS, "--fn", "sem", "--reliability"], 2);
    assert!(refused["message"].as_str().unwrap().contains("without factors"), "{refused}");
}

#[test]
fn fit_takes_ordered_variables() {
    let (_files, model) = Files::with("a.lav", "A =~ a1 + a2 + a3 + a4\n");
    let fit = ["fit", &model, LIKERT, "--ordered", "all"];
    let found =
        document(&[&fit[..], &["--scores", "ebm", "--reliability", "--curves", "--residuals"]].concat());
    assert_eq!((&found["estimator"], &found["converged"]), (&"WLSMV".into(), &true.into()));
    assert!((found["fit"]["chisq.scaled"].as_f64().unwrap() - 1.38949127).abs() < 1e-4);
    assert!((found["reliability"][0]["categorical_omega"].as_f64().unwrap() - 0.778932645615).abs() < 1e-6);
    assert_eq!(found["scores"]["values"].as_array().unwrap().len(), 600);
    assert_eq!(found["curves"]["shares"].as_array().unwrap().len(), 4);
    assert!(found["residuals"]["mean"]["a1 | t1"].as_f64().unwrap().abs() < 1e-6);
    let theta = document(&[&fit[..], &["--parameterization", "theta"]].concat());
    let scaled = |found: &Value| found["fit"]["chisq.scaled"].as_f64().unwrap();
    assert!((scaled(&theta) - scaled(&found)).abs() < 1e-5);
    for (more, code) in [
        (["--estimator", "MLR"], "unsupported"),
        (["--se", "bootstrap"], "unsupported"),
        (["--scores", "regression"], "unsupported"),
        (["--empty-cells", "some"], "bad_option"),
    ] {
        let error = failure(&[&fit[..], &more].concat(), 2);
        assert_eq!(error["code"], code, "{error}");
    }
    let page = stdout(&run(&fit));
    assert!(page.contains("a1 | t1") && page.contains("delta parameterisation"), "{page}");
    assert!(!page.contains("a1 ~1"), "an origin of 0 says nothing");
}

#[test]
fn screen_flags_respondents_by_their_row_in_the_file() {
    let csv = "id,x1,x2,x3,x4,role\nann,1,2,3,5,nurse\n\nbob,3,3,3,3,doctor\ncas,9,2,1,4,nurse\ndee,,,,,nurse\neve,5,8,1,2,nurse\n";
    let (_files, data) = Files::with("answers.csv", csv);
    let screened =
        ["screen", &data, "--scale", "1..5", "--respondent", "id", "--missing-code", "8"].map(String::from);
    let screened: Vec<&str> = screened.iter().map(String::as_str).collect();
    let found = document(&screened);
    assert_eq!(found["schema"], "psychometrics.screen/1");
    assert_eq!(found["rows"], 5);
    assert_eq!(found["items"], serde_json::json!(["x1", "x2", "x3", "x4"]));
    let flags: Vec<String> = found["flags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| {
            format!("{} {} {}", f["row"], f["respondent"].as_str().unwrap(), f["index"].as_str().unwrap())
        })
        .collect();
    for expected in ["4 bob longstring", "4 bob irv", "5 cas out_of_range", "6 dee no_answers"] {
        assert!(flags.iter().any(|flag| flag == expected), "{expected}: {flags:?}");
    }
    let out = found["flags"].as_array().unwrap().iter().find(|f| f["index"] == "out_of_range").unwrap();
    assert_eq!((&out["value"], &out["cutoff"]), (&serde_json::json!(9.0), &serde_json::json!(5.0)));
    assert_eq!(found["missing"]["by_item"][1]["missing"], 2);
    assert_eq!(found["missing"]["patterns"][0]["pattern"], "1111");
    let page = stdout(&run(&screened));
    assert!(page.contains("Flags by index") && page.contains("bob"), "{page}");
    let markdown = stdout(&run(&[&screened[..], &["--format", "markdown"]].concat()));
    assert!(markdown.starts_with("# Screening"), "{markdown}");
    let html = stdout(&run(&[&screened[..], &["--format", "html"]].concat()));
    assert!(html.contains("Flagged rows"));
    let error = failure(&["screen", &data, "--columns", "x1,role"], 2);
    assert_eq!(error["code"], "bad_cells");
    let error = failure(&["screen", &data, "--scales", "a"], 2);
    assert_eq!(error["code"], "bad_option");
}

#[test]
fn aggregate_gives_each_scale_and_each_group() {
    let csv = "team,x1,x2\na,1,2\na,2,2\na,3,3\nb,4,4\nb,5,4\nb,4,5\n";
    let (_files, data) = Files::with("members.csv", csv);
    let found = document(&["aggregate", &data, "--cluster", "team", "--scale", "1..5"]);
    assert_eq!(found["schema"], "psychometrics.aggregate/1");
    let scales: Vec<&str> =
        found["scales"].as_array().unwrap().iter().map(|s| s["scale"].as_str().unwrap()).collect();
    assert_eq!(scales, ["all items", "x1", "x2"]);
    for key in ["icc1", "icc2", "rwg", "rwgj", "awg"] {
        assert!(!found["scales"][0][key].is_null(), "{key}");
    }
    assert_eq!(found["scales"][1]["by_group"][0]["rwg"], 0.5);
    assert_eq!(found["warnings"][0]["code"], "few_groups_to_aggregate");
    let named =
        document(&["aggregate", &data, "--cluster", "team", "--scale", "1..5", "--scales", "care=x1,x2"]);
    assert_eq!(named["scales"][0]["icc1"], found["scales"][0]["icc1"]);
    let (_files, bad) = Files::with("members.csv", "team,x1\na,1\n\na,7\nb,2\nb,3\n");
    let error = failure(&["aggregate", &bad, "--cluster", "team", "--scale", "1..5"], 2);
    assert!(error["message"].as_str().unwrap().contains("row 4, column 'x1'"), "{error}");
    let error = failure(&["aggregate", &data, "--cluster", "teem", "--scale", "1..5"], 2);
    assert_eq!(error["code"], "unknown_column");
}

#[test]
fn fit_imputes_and_pools() {
    let (_files, model) = Files::with("m.lav", THREE);
    let call =
        ["fit", &model, "tests/data/hs_missing.csv", "--imputations", "5", "--imputation-iterations", "3"];
    let fit = document(&call);
    assert_eq!((&fit["schema"], &fit["converged"]), (&"psychometrics.fit/1".into(), &true.into()));
    let own = &fit["imputation"];
    assert_eq!((&own["m"], &own["iterations"], &own["seed"]), (&5.into(), &3.into(), &1.into()));
    assert_eq!((&own["test"], &own["used"]), (&"D3".into(), &5.into()));
    assert_eq!(own["method"], "chained equations, predictive mean matching");
    let loading = &fit["parameters"][1];
    for key in ["est", "se", "z", "pvalue", "ci.lower", "ci.upper", "std.all", "riv", "fmi", "df"] {
        assert!(loading[key].is_number(), "{key}");
    }
    assert!(fit["parameters"][0]["riv"].is_null());
    for key in ["chisq", "df", "pvalue", "cfi", "tli", "rmsea", "srmr", "npar", "ntotal"] {
        assert!(fit["fit"][key].is_number(), "{key}");
    }
    // another seed, other values; the same seed, the same document
    let with = |more: &[&str]| document(&[&call[..], more].concat());
    assert_eq!(with(&[])["parameters"], fit["parameters"]);
    assert_ne!(with(&["--seed", "2"])["parameters"], fit["parameters"]);
    let helped = with(&["--imputation-predictors", "ageyr", "--estimator", "MLR", "--group", "school"]);
    assert!(helped["fit"]["chisq.scaled"].is_number());
    let page = stdout(&run(&call));
    assert!(page.contains("pooled by Rubin's rules") && page.contains("Imputed answers"), "{page}");
    assert_eq!(failure(&[&call[..], &["--missing", "fiml"]].concat(), 2)["code"], "bad_option");
    assert_eq!(failure(&[&call[..], &["--residuals"]].concat(), 2)["code"], "bad_option");
    // weights are read, go with each data set, and are not imputed, though they may tell of what is
    let weighted = with(&["--weights", "ageyr"]);
    assert_eq!(weighted["se"], "robust.huber.white");
    assert!(weighted["fit"]["chisq.scaled"].is_number());
    assert_ne!(weighted["parameters"], fit["parameters"]);
    let told = with(&["--weights", "ageyr", "--imputation-predictors", "ageyr"]);
    assert_ne!(told["parameters"], weighted["parameters"]);
    // one that is missing is an error
    let lacking = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(call[2])).unwrap();
    let (mut lines, age) = (lacking.lines().map(String::from).collect::<Vec<_>>(), 2);
    let mut cells: Vec<&str> = lines[4].split(',').collect();
    cells[age] = "";
    lines[4] = cells.join(",");
    let (_other, path) = Files::with("lacking.csv", &(lines.join("\n") + "\n"));
    let without = |more: &[&str]| {
        failure(&[&["fit", &model, &path, "--imputations", "2", "--weights", "ageyr"][..], more].concat(), 2)
    };
    let error = without(&[]);
    assert_eq!(error["code"], "unusable_weights", "{error}");
    let error = without(&["--imputation-predictors", "ageyr"]);
    assert_eq!(error["code"], "missing_predictor", "{error}");
}

/// The completed data sets of `tests/data/hs_imputed.csv`, each in a file of its own.
fn completed_files(files: &Files) -> Vec<String> {
    let text =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/hs_imputed.csv"));
    let text = text.unwrap();
    let mut lines = text.lines();
    let header = lines.next().unwrap();
    let at = header.split(',').position(|name| name == "imp").unwrap();
    let mut sets: Vec<(String, String)> = Vec::new();
    for line in lines {
        let imp = line.split(',').nth(at).unwrap();
        match sets.iter_mut().find(|(own, _)| own == imp) {
            Some((_, rows)) => *rows += &format!("{line}\n"),
            None => sets.push((imp.into(), format!("{header}\n{line}\n"))),
        }
    }
    sets.iter().map(|(imp, rows)| files.add(&format!("imputed_{imp}.csv"), rows)).collect()
}

fn reference(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(file);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Tolerances as in tests/imputation.rs: estimates 2e-5, standard errors and statistics 5e-4 relative.
#[test]
fn fit_pools_completed_files_as_semtools_does() {
    let (files, model) = Files::with("m.lav", THREE);
    let sets = completed_files(&files);
    let theirs = &reference("semtools_imputed.json")["ml"];
    let mut listed = vec!["fit", model.as_str(), "--imputed"];
    listed.extend(sets.iter().map(String::as_str));
    let mut repeated = vec!["fit", model.as_str()];
    sets.iter().for_each(|file| repeated.extend(["--imputed", file]));
    let fit = document(&listed);
    assert_eq!(document(&repeated)["parameters"], fit["parameters"]);
    let own = &fit["imputation"];
    assert_eq!(
        (&own["m"], &own["used"], &own["test"]),
        (&sets.len().into(), &sets.len().into(), &"D3".into())
    );
    assert_eq!(own["files"].as_array().unwrap().len(), sets.len());
    let mut compared = 0;
    for expected in theirs["parameters"].as_array().unwrap() {
        let same = |p: &&Value| ["lhs", "op", "rhs"].iter().all(|key| p[key] == expected[key]);
        let Some(ours) = fit["parameters"].as_array().unwrap().iter().find(same) else { continue };
        let number = |of: &Value, key: &str| of[key].as_f64().unwrap_or(0.0);
        let close = |key: &str, absolute: f64, relative: f64| {
            let (a, b) = (number(ours, key), number(expected, key));
            assert!((a - b).abs() <= absolute.max(relative * b.abs()), "{expected} {key}: {a}");
        };
        close("est", 2e-5_f64.max(1e-3 * number(expected, "se")), 2e-5);
        close("se", 1e-5, 5e-4);
        close("fmi", 1e-5, 2e-3);
        compared += 1;
    }
    assert!(compared >= 21, "{compared}");
    for measure in ["chisq", "df", "cfi", "rmsea", "srmr", "ntotal"] {
        let (a, b) = (&fit["fit"][measure], &theirs["fit.D3"][measure]);
        let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
        assert!((a - b).abs() <= 1e-4_f64.max(2e-4 * b.abs()), "{measure}: {a} {b}");
    }
    let page = stdout(&run(&listed));
    assert!(page.contains("pooled by Rubin's rules") && !page.contains("Imputed answers"), "{page}");
    // a pooled chi-square is not one that can be subtracted
    let saved = files.add("fit.json", fit.to_string());
    assert_eq!(failure(&["compare", &saved, &saved], 2)["code"], "unsupported");
}

#[test]
fn completed_files_that_do_not_go_together_are_named() {
    let (files, model) = Files::with("m.lav", "f =~ x + y + z\n");
    let rows = |last: &str| format!("x,y,z,w\n1,2,4,5\n2,1,3,\n4,4,5,1\n{last}");
    let one = files.add("one.csv", rows("5,3,1,2\n"));
    let failed = |others: &[&str], status: i32| {
        failure(&[&["fit", &model, "--imputed", &one][..], others].concat(), status)
    };
    let told = |document: &Value, words: &[&str]| {
        let message = document["message"].as_str().unwrap();
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
    };
    let alone = failed(&[], 3);
    assert_eq!(alone["error"]["code"], "too_few_imputations");
    let short = files.add("short.csv", rows(""));
    let document = failed(&[&short], 2);
    assert_eq!(document["code"], "completed_differ");
    told(&document, &["short.csv", "3 rows", "one.csv", "4"]);
    let other = files.add("other.csv", "x,y,z,v\n1,2,4,5\n2,1,3,1\n4,4,5,1\n5,3,1,2\n");
    told(&failed(&[&other], 2), &["other.csv", "no column 'w'", "one.csv"]);
    let more = files.add("more.csv", "x,y,z,w,v\n1,2,4,5,1\n2,1,3,1,1\n4,4,5,1,1\n5,3,1,2,1\n");
    told(&failed(&[&more], 2), &["more.csv", "a column 'v'"]);
    let holed = files.add("holed.csv", rows("5,,NA,2\n"));
    let document = failed(&[&holed], 2);
    assert_eq!(document["code"], "not_completed");
    told(&document, &["holed.csv", "row 5", "'y'", "(and 1 more)"]);
    assert!(document["place"].as_str().unwrap().contains("holed.csv, row 5, column 'y'"));
    // what is missing outside the model does not matter: w, row 3
    assert_eq!(failed(&[&one], 2)["code"], "bad_option");
    let two = files.add("two.csv", rows("5,3,2,2\n"));
    assert_eq!(failed(&[&two, "--weights", "w"], 2)["code"], "unusable_weights");
    let conflict = |arguments: &[&str]| {
        let document = failure(&[arguments, &["--imputed", &one, &two]].concat(), 2);
        assert_eq!(document["code"], "bad_option");
        told(&document, &["--imputed"]);
    };
    conflict(&["fit", &model, &one]);
    conflict(&["fit", &model, "--imputations", "5"]);
    conflict(&["fit", &model, "--residuals"]);
    conflict(&["fit", &model, "--missing", "fiml"]);
    assert_eq!(failure(&["fit", &model], 2)["code"], "bad_option");
}

#[test]
fn reliability_takes_incomplete_answers_by_full_information() {
    let case = &reference("alpha_fiml.json")["cases"][1];
    let file = "tests/data/likert5_missing.csv";
    let call = ["reliability", file, "--keys", "b1,b2,-b3,b4", "--missing"];
    let found = |policy: &str, more: &[&str]| document(&[&call[..], &[policy], more].concat());
    let full = found("fiml", &[]);
    near(&full["alpha"]["raw"], case["alpha"].as_f64().unwrap());
    assert_eq!(full["missing"], serde_json::json!({"policy": "fiml", "rows_read": 600, "rows_used": 600}));
    assert_eq!((&full["complete"], &full["alpha"]["feldt"]), (&case["complete"], &Value::Null));
    near(&found("listwise", &[])["alpha"]["raw"], case["listwise"].as_f64().unwrap());
    near(&found("pairwise", &[])["alpha"]["raw"], case["pairwise"].as_f64().unwrap());
    // with the rows in memory the same
    near(&found("fiml", &["--scale", "1..5"])["alpha"]["raw"], case["alpha"].as_f64().unwrap());
    let page = stdout(&run(&[&call[..], &["fiml"]].concat()));
    assert!(page.contains("(full information). 510 rows are complete."), "{page}");
    assert!(page.contains("delta, full information"), "{page}");
    let refused = failure(&[&call[..], &["fiml", "--bootstrap", "20"]].concat(), 2);
    assert_eq!(refused["code"], "unsupported");
    let refused = failure(&["items", file, "--columns", "b1,b2,b4", "--missing", "fiml"], 2);
    assert!(refused["hint"].as_str().unwrap().contains("--missing pairwise"), "{refused}");
}

#[test]
fn fit_takes_levels() {
    let model = "level: within\n fw =~ y1 + y2 + y3 + y4\n fw ~ x\nlevel: between\n fb =~ y1 + y2 + y3 + y4\n fb ~ w\n";
    let (_files, model) = Files::with("levels.lav", model);
    let data = "tests/data/two_level.csv";
    let asked = ["fit", &model, data, "--fn", "sem", "--cluster", "team"];
    let found = document(&[&asked[..], &["--reliability", "--residuals"]].concat());
    let levels: Vec<(u64, u64, u64)> = found["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["group"].as_u64().unwrap(), p["level"].as_u64().unwrap(), p["block"].as_u64().unwrap()))
        .collect();
    assert!(levels.contains(&(1, 1, 1)) && levels.contains(&(1, 2, 2)));
    assert_eq!((&found["nobs"][0], &found["nclusters"][0]), (&Value::from(857), &Value::from(110)));
    for key in ["srmr_within", "srmr_between", "unrestricted.logl"] {
        assert!(found["fit"][key].is_f64(), "{key}");
    }
    assert!(found["icc"]["y1"].as_f64().unwrap() > 0.1);
    for key in ["chisq_within", "rmsea_within", "cfi_between", "rmsea_between"] {
        assert!(found["level_fit"][key].is_f64(), "{key}");
    }
    let of_levels: Vec<&Value> =
        found["reliability"].as_array().unwrap().iter().map(|one| &one["level"]).collect();
    assert_eq!(of_levels, [1, 2]);
    assert!(found["residuals"]["within"]["cov"].is_object() && found["residuals"]["between"].is_object());
    let page = stdout(&run(&asked));
    assert!(page.contains("Intraclass correlations") && page.contains("Fit of each level"));
    assert!(page.contains("Level 2 (between), 110 clusters"), "{page}");
    let modified = [&asked[..], &["--modification-indices"]].concat();
    let indices = &document(&modified)["modification_indices"];
    assert!(indices.as_array().unwrap().iter().any(|index| index["level"] == 2));
    assert!(stdout(&run(&modified)).contains("(between)"));
    let scored = [&asked[..], &["--scores", "regression"]].concat();
    let found = document(&scored);
    assert_eq!(found["scores"]["values"].as_array().unwrap().len(), 857);
    assert_eq!(found["scores"]["clusters"]["values"].as_array().unwrap().len(), 110);
    assert!(stdout(&run(&scored)).contains("Factor scores of clusters"));
    // without clusters, and with a variable that has two parts to play
    assert!(stderr(&run(&asked[..5])).contains("clusters"));
    assert!(stderr(&run(&[&asked[..], &["--weights", "w"]].concat())).contains("sampling weights"));
}

const RATINGS: &str = "r1,r2,r3\n9,2,5\n6,1,3\n8,4,6\n7,1,2\n10,5,6\n6,2,4\n";

/// The same ratings with an id in front, or one row a rating: psych 2.3.3, ICC() of the three raters.
#[test]
fn a_column_of_ids_is_no_rater_and_a_long_table_is_known() {
    let files = Files::new();
    let rows = || RATINGS.lines().skip(1);
    let wide = |head: &str, id: &dyn Fn(usize) -> String| {
        let body: String = rows().enumerate().map(|(i, row)| format!("{},{row}\n", id(i))).collect();
        files.add("ratings.csv", format!("{head},r1,r2,r3\n{body}"))
    };
    let long: String = rows()
        .enumerate()
        .flat_map(|(i, row)| {
            row.split(',')
                .enumerate()
                .map(|(j, x)| format!("{},{},{x}\n", i + 1, ["A", "B", "C"][j]))
                .collect::<Vec<_>>()
        })
        .collect();
    for (found, code) in [
        (document(&["icc", &files.add("plain.csv", RATINGS)]), None),
        (document(&["icc", &wide("subject", &|i| (i + 1).to_string())]), Some("columns_left_out")),
        (document(&["icc", &wide("Case", &|i| (i + 7).to_string())]), Some("columns_left_out")),
        (document(&["icc", &wide("v", &|i| (i + 7).to_string())]), Some("columns_left_out")),
        (document(&["icc", &wide("who", &|i| format!("t{i}"))]), Some("columns_left_out")),
        (document(&["icc", &wide("who", &|i| (i * 3).to_string()), "--respondent", "who"]), None),
        (
            document(&["icc", &files.add("long.csv", format!("target,rater,score\n{long}"))]),
            Some("long_table"),
        ),
    ] {
        near(&found["icc"][1]["value"], 0.2235294117647058);
        near(&found["icc"][2]["value"], 0.7883817427385886);
        assert_eq!((&found["raters"], &found["targets"]), (&3.into(), &6.into()));
        assert_eq!(found["warnings"][0]["code"].as_str(), code, "{found}");
    }
    let same = wide("who", &|_| "t".into());
    let error = failure(&["icc", &same, "--respondent", "who"], 2);
    assert_eq!(error["code"], "duplicate_respondent");
}

#[test]
fn a_cell_that_is_no_number_is_named_and_never_drops_its_column() {
    let files = Files::new();
    for bad in ["NaN", "\"3,5\"", "3.5x", "n/a", "-", "."] {
        let data = files.add("bad.csv", RATINGS.replace("8,4,6", &format!("8,4,{bad}")));
        for arguments in [
            &["icc", &data][..],
            &["icc", &data, "--columns", "r1,r2,r3"],
            &["reliability", &data],
            &["items", &data],
            &["correlate", &data],
            &["screen", &data],
            &["aggregate", &data, "--cluster", "r1", "--scale", "1..10"],
        ] {
            let message = failure(arguments, 2)["message"].as_str().unwrap().to_string();
            assert!(message.contains("row 4, column 'r3'"), "{arguments:?} {bad}: {message}");
        }
    }
}

#[test]
fn answers_outside_the_range_are_refused_by_every_command() {
    let (_files, data) = Files::with("d.csv", "id,q1,q2,q3\n1,4,5,2\n2,2,99,1\n3,3,-3,3\n4,5,5,1\n5,1,2,5\n");
    for arguments in [
        &["reliability", &data, "--scale", "1..5"][..],
        &["reliability", &data, "--scale", "1..5", "--keys", "q1,q2,-q3", "--bootstrap", "10"],
        &["items", &data, "--scale", "1..5", "--keys", "q1,q2,-q3"],
        &["aggregate", &data, "--scale", "1..5", "--cluster", "q3"],
    ] {
        let message = failure(arguments, 2)["message"].as_str().unwrap().to_string();
        assert!(message.contains("row 3, column 'q2': '99' is outside the range 1 to 5"), "{message}");
        assert!(message.contains("row 4, column 'q2': '-3'"), "{arguments:?}: {message}");
    }
    let screened = document(&["screen", &data, "--scale", "1..5"]);
    assert_eq!(screened["out_of_range"].as_array().unwrap().len(), 2);
    let codes = ["--missing-code", "99", "--missing-code", "-3"];
    let found = document(&[&["items", &data, "--scale", "1..5"], &codes[..]].concat());
    assert_eq!((found["items"].as_array().unwrap().len(), &found["items"][1]["n"]), (3, &3.into()));
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_once_and_whole() {
    use std::io::Write;
    use std::process::Stdio;
    let body: String =
        (0..3000).map(|i| format!("{},{},{}\n", i % 5 + 1, (i / 3) % 5 + 1, (i / 7) % 5 + 1)).collect();
    let text = format!("a,b,c\n{body}");
    let (files, data) = Files::with("d.csv", &text);
    let model = files.add("m.lav", "f =~ a + b + c");
    let construct = files.add(
        "c.toml",
        "[construct]\nid = \"all\"\n[scales.s]\npoints = [{code=1},{code=2},{code=3},{code=4},{code=5}]\n[[dimensions]]\nid = \"d\"\n\
         [[items]]\nid = \"a\"\ndimension = \"d\"\nscale = \"s\"\n[[items]]\nid = \"b\"\ndimension = \"d\"\nscale = \"s\"\n\
         [[items]]\nid = \"c\"\ndimension = \"d\"\nscale = \"s\"\n[data]\nresponses = \"d.csv\"\n",
    );
    for arguments in [
        &["items", "DATA"][..],
        &["reliability", "DATA"],
        &["reliability", "DATA", "--group", "c"],
        &["correlate", "DATA", "--type", "polychoric"],
        &["screen", "DATA"],
        &["fit", &model, "DATA", "--std-lv", "--scores", "regression"],
        &["score", &construct, "DATA"],
    ] {
        let with = |path: &str| -> Vec<String> {
            let all = arguments.iter().map(|a| if *a == "DATA" { path.to_string() } else { a.to_string() });
            all.chain(["--format".into(), "json".into()]).collect()
        };
        let named = run(&with(&data).iter().map(String::as_str).collect::<Vec<_>>());
        let mut piped = Command::new(env!("CARGO_BIN_EXE_psychometrics"))
            .args(with("/dev/stdin"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        piped.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let piped = piped.wait_with_output().unwrap();
        assert_eq!((status(&named), status(&piped)), (status(&piped), 0), "{}", stderr(&piped));
        let call = |output: &Output| {
            let mut document: Value = serde_json::from_slice(&output.stdout).unwrap();
            document.as_object_mut().unwrap().remove("call");
            document
        };
        assert_eq!(call(&named), call(&piped), "{arguments:?}");
    }
    let endless = run(&["items", "/dev/zero"]);
    assert_eq!(status(&endless), 2);
    assert!(stderr(&endless).contains("device"), "{}", stderr(&endless));
}

#[cfg(unix)]
#[test]
fn an_output_is_no_input_and_what_cannot_be_written_is_told() {
    let (files, data) = Files::with("d.csv", "a,b,c\n1,2,3\n2,3,5\n3,5,4\n4,4,1\n");
    let link = files.path("link.csv");
    std::os::unix::fs::symlink(&data, &link).unwrap();
    let hard = files.path("hard.csv");
    std::fs::hard_link(&data, &hard).unwrap();
    let around = files.path("./d.csv");
    for output in [Path::new(&data), &link, &hard, &around] {
        let output = run(&["items", &data, "--output", output.to_str().unwrap()]);
        assert_eq!(status(&output), 2);
        assert!(stderr(&output).contains("it is an input"), "{}", stderr(&output));
    }
    let construct = files.add("c.toml", "[construct]\nid = \"c\"\n[data]\nresponses = \"d.csv\"\n");
    assert_eq!(status(&run(&["validate", &construct, "--output", &data])), 2);
    assert_eq!(std::fs::read_to_string(&data).unwrap(), "a,b,c\n1,2,3\n2,3,5\n3,5,4\n4,4,1\n");
    if Path::new("/dev/full").exists() {
        let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        for arguments in [
            &["items", &data][..],
            &["items", &data, "--format", "csv"],
            &["icc", &data, "--format", "json"],
            &["--help"],
        ] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_psychometrics"));
            let output = command.args(arguments).stdout(full()).output().unwrap();
            assert_eq!(status(&output), 2, "{arguments:?}");
            assert!(stderr(&output).contains("cannot write the standard output"), "{}", stderr(&output));
            let silent = command.stdout(full()).stderr(full()).status().unwrap();
            assert_eq!(silent.code(), Some(2), "{arguments:?}: nobody can be told, and nothing panics");
        }
    }
}

/// R: cov(use = "pairwise") gives alpha 0.770305; cor(Work, Act1) is NA.
#[test]
fn a_correlation_that_is_not_defined_is_named_everywhere() {
    let text = "Work,Act1,Act2,Act3\n4,3,4,3\n4,2,2,3\n4,5,4,4\n4,1,2,1\n2,,3,3\n1,,2,4\n3,,1,2\n4,4,5,4\n";
    let (_files, data) = Files::with("d.csv", text);
    let words = "'Work' does not vary among the 5 who answered 'Act1'";
    let found = document(&["reliability", &data]);
    near(&found["alpha"]["raw"], 0.7703050349136344);
    assert!(found["alpha"]["standardized"].is_null() && found["alpha"]["average_r"].is_null(), "{found}");
    assert!(found["guttman"].is_null() && found["split_half"].is_null(), "{found}");
    assert!(found["warnings"][0]["message"].as_str().unwrap().starts_with(words), "{found}");
    let found = document(&["items", &data]);
    assert!(found["items"][0]["std_r"].is_null() && found["items"][0]["r_cor"].is_null(), "{found}");
    assert!(found["warnings"][0]["message"].as_str().unwrap().starts_with(words), "{found}");
    let why = "a correlation of the items is not defined";
    assert_eq!(found["items"][0]["reasons"], serde_json::json!({"r_cor": why, "std_r": why}));
    let csv = stdout(&run(&["items", &data, "--format", "csv"]));
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines[0].ends_with(",ceiling,reason"), "{csv}");
    assert!(lines[1].ends_with(&format!(",\"std_r, r_cor: {why}\"")), "{csv}");
    let page = stdout(&run(&["items", &data]));
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(page.contains(&format!("No value of r_cor of Work, Act1, Act2, Act3: {why}.")), "{page}");
    for kind in ["pearson", "spearman", "kendall", "polychoric"] {
        let error = failure(&["correlate", &data, "--type", kind], 3);
        assert!(error["error"]["message"].as_str().unwrap().starts_with(words), "{kind}: {error}");
    }
    let mixed = ["correlate", &data, "--type", "mixed", "--ordered", "Work,Act1"];
    assert!(failure(&mixed, 3)["error"]["message"].as_str().unwrap().starts_with(words));
}

#[test]
fn a_name_with_a_comma_stands_between_quotes_in_every_list() {
    let files = Files::new();
    let row = |row: usize| {
        let half = (row * 7 % 11) as f64 / 2.0;
        format!("{},{},{half}\n", 1 + row % 3, 1 + (row * row / 3 + row % 2) % 3)
    };
    let text: String = (0..60).map(row).collect();
    let data = files.add("comma.csv", format!("\"calm, kind\",\"fair\",x\n{text}"));
    let found = document(&["correlate", &data, "--type", "mixed", "--ordered", "\"calm, kind\",fair"]);
    let kinds = found["pairs"].as_array().unwrap().iter().map(|pair| pair["kind"].as_str().unwrap());
    assert_eq!(kinds.collect::<Vec<_>>(), ["polychoric", "polyserial", "polyserial"], "{found}");
    let models =
        document(&["irt", &data, "--columns", "\"calm, kind\",fair", "--item-model", "\"calm, kind\"=gpcm"]);
    assert_eq!(models["items"][0]["item"], "calm, kind", "{models}");
    let error = failure(&["correlate", &data, "--type", "mixed", "--ordered", "\"calm"], 2);
    assert!(error.to_string().contains("a double quote is not closed"), "{error}");
}

/// irrCAC 1.0, CAC(d, categories = 1:5)$gwet(); kappa and alpha of low = 1, medium = 2, high = 3.
#[test]
fn agreement_knows_the_possible_codes_and_their_order() {
    let files = Files::new();
    let numbers = files.add("k.csv", "a,b,c,d,e\n3,3,3,3,3\n3,3,3,3,\n3,3,,3,3\n3,3,,3,3\n3,3,3,1,3\n");
    let found = document(&["agreement", &numbers, "--codes", "1,2,3,4,5"]);
    assert!((found["gwet"]["ac1"].as_f64().unwrap() - 0.91843).abs() < 5e-6, "{found}");
    assert_eq!((&found["fleiss_units"], &found["units"]), (&2.into(), &5.into()));
    assert!(
        stdout(&run(&["agreement", &numbers])).contains("Fleiss's kappa: of the 2 of 5 units that all coded")
    );
    let error = failure(&["agreement", &numbers, "--codes", "2,3,4"], 2);
    assert!(error["message"].as_str().unwrap().contains("row 6, column 'd': '1'"), "{error}");

    let text = "A,B\nlow,low\nlow,medium\nmedium,medium\nmedium,high\nhigh,high\nhigh,high\n";
    let labels = files.add("t.csv", text);
    let coded = files.add("n.csv", text.replace("low", "1").replace("medium", "2").replace("high", "3"));
    let ordered = document(&["agreement", &labels, "--codes", "low,medium,high"]);
    let same = document(&["agreement", &coded]);
    for key in ["cohen", "cohen_linear", "cohen_quadratic", "fleiss", "gwet"] {
        assert_eq!(ordered[key], same[key], "{key}");
    }
    assert_eq!(ordered["krippendorff"]["ordinal"], same["krippendorff"]["ordinal"]);
    near(&ordered["cohen_quadratic"], 0.75);
    let plain = document(&["agreement", &labels]);
    for key in ["cohen_linear", "cohen_quadratic", "ac2", "ordinal"] {
        assert!(plain["reasons"][key].as_str().unwrap().contains("without an order"), "{plain}");
    }
    assert!(stdout(&run(&["agreement", &labels])).contains("the codes are labels"));
    let slip = files.add("s.csv", "A,B\n1,1\n2,2\n3,n/a\n2,1\n");
    let found = document(&["agreement", &slip]);
    assert!(
        found["warnings"][0]["message"].as_str().unwrap().contains("'n/a' of 'B' is no number"),
        "{found}"
    );
    let commas = files.add("d.csv", "A;B\n1,5;1\n2;2,5\n3;3\n");
    assert_eq!(document(&["agreement", &commas])["units"], 3);
}

#[test]
fn files_of_survey_programs_are_told_by_name_or_read() {
    let files = Files::new();
    let hint = |data: &str, code: &str| {
        let error = failure(&["items", data], 2);
        assert_eq!(error["code"], code, "{error}");
        format!("{} {}", error["message"].as_str().unwrap(), error["hint"].as_str().unwrap())
    };
    let separated = files.add("sep.csv", "sep=;\nq1;q2;q3\n4;5;4\n2;2;1\n3;3;4\n5;5;5\n");
    assert_eq!(document(&["items", &separated])["n"], 4);
    let qualtrics = files.add(
        "q.csv",
        "Q1,Q2,Q3\n\"I plan\nmy work\",I finish,I forget\n\"{\"\"ImportId\"\":\"\"QID1\"\"}\",\"{}\",\"{}\"\n1,2,3\n2,3,4\n",
    );
    assert_eq!(document(&["items", &qualtrics])["n"], 2);
    assert_eq!(document(&["items", &files.add("mac.csv", "q1,q2\r1,2\r2,1\r3,3\r")])["n"], 3);
    let utf16: Vec<u8> = "\u{feff}q1,q2\n1,2\n2,1\n3,3\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(document(&["items", &files.add("u.csv", utf16)])["n"], 3);
    let page = files.add("page.csv", "<!DOCTYPE html><html><body>Please log in</body></html>");
    assert!(hint(&page, "other_format").contains("logged in"));
    let commas = files.add("c.csv", "id;V;A\nA;0,435;2,87\nB;1,286;4\nC;0,118;2,059\n");
    for command in ["items", "correlate", "icc", "screen"] {
        assert!(stderr(&run(&[command, &commas, "--format", "json"])).contains("decimal comma"), "{command}");
    }
    assert!((document(&["items", &commas])["items"][0]["mean"].as_f64().unwrap() - 0.613).abs() < 1e-12);
    let texts =
        files.add("g.csv", "\"Problems (a, b) [x]\",\"I feel - tense\",c\n3,2,1\n2,2,3\n1,1,2\n5,4,4\n");
    let found = document(&[
        "items",
        &texts,
        "--keys",
        "\"Problems (a, b) [x]\",-\"I feel - tense\"",
        "--scale",
        "1..5",
    ]);
    assert_eq!(found["items"][0]["item"], "Problems (a, b) [x]");
    let error = failure(&["items", &texts, "--columns", "Problems (a, b) [x]"], 2);
    assert!(error["hint"].as_str().unwrap().contains("double quotes"), "{error}");
}

/// Every number of the document at full precision, in a column of its own.
#[test]
fn scores_as_csv_are_numbers() {
    let files = Files::new();
    let norm: String = (0..40)
        .map(|i| format!("p{i},{},{},{}\n", i % 5 + 1, (i + i / 7) % 5 + 1, (i + i / 5) % 5 + 1))
        .collect();
    files.add("norm.csv", format!("id,a,b,c\n{norm}"));
    let construct = files.add(
        "c.toml",
        "[construct]\nid = \"all\"\n[scales.s]\npoints = [{code=1},{code=2},{code=3},{code=4},{code=5}]\nmissing = [9]\n\
         [[dimensions]]\nid = \"d\"\n[[items]]\nid = \"a\"\ndimension = \"d\"\nscale = \"s\"\n[[items]]\nid = \"b\"\n\
         dimension = \"d\"\nscale = \"s\"\n[[items]]\nid = \"c\"\ndimension = \"d\"\nscale = \"s\"\n\
         [data]\nresponses = \"norm.csv\"\nrespondent = \"id\"\n",
    );
    let new = files.add("new.csv", "id,a,b,c\n=n1,5,4,5\nn2,9,9,9\n");
    let csv = stdout(&run(&["score", &construct, &new, "--format", "csv"]));
    let found = document(&["score", &construct, &new]);
    let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(
        lines[0],
        [
            "respondent",
            "scale",
            "answered",
            "items",
            "score",
            "se",
            "lower",
            "upper",
            "percentile",
            "t",
            "factor",
            "factor_se",
            "unusual",
            "reason"
        ]
    );
    let own = &found["respondents"][0]["scales"][0];
    for (key, cell) in lines[0].iter().zip(&lines[1]).skip(2) {
        assert_eq!(own[key].to_string().parse::<f64>().ok(), cell.parse::<f64>().ok(), "{key}: {csv}");
    }
    assert_eq!(lines[1][0], "'=n1", "a text that a spreadsheet would take for a formula");
    assert_eq!(lines[2][..9], ["n2", "d", "0", "3", "", "", "", "", ""]);
}

/// Norms are written once and read again: the same document, and each misuse its own message.
#[test]
fn scores_from_written_norms_are_those_from_the_sample() {
    let files = Files::new();
    let letters = |i: usize| [i % 5 + 1, (i + i / 7) % 5 + 1, (i + i / 5) % 5 + 1];
    let norm: String = (0..120)
        .map(|i| {
            let ([a, b, c], role) = (letters(i), if i % 2 == 0 { "nurse" } else { "doctor" });
            format!("p{i},{role},{a},{b},{c}\n")
        })
        .collect();
    files.add("norm.csv", format!("id,role,a,b,c\n{norm}"));
    let toml = "[construct]\nid = \"all\"\n[scales.s]\npoints = [{code=1},{code=2},{code=3},{code=4},{code=5}]\n\
         [[dimensions]]\nid = \"d\"\n[[items]]\nid = \"a\"\ndimension = \"d\"\nscale = \"s\"\n[[items]]\nid = \"b\"\n\
         dimension = \"d\"\nscale = \"s\"\n[[items]]\nid = \"c\"\ndimension = \"d\"\nscale = \"s\"\n\
         [data]\nresponses = \"norm.csv\"\nrespondent = \"id\"\ngroups = [\"role\"]\n";
    let construct = files.add("c.toml", toml);
    let new = files.add("new.csv", "id,role,a,b,c\nn1,nurse,5,4,5\nn2,,3,,2\nn3,doctor,1,1,1\n");
    let path = files.path("norms.json").display().to_string();
    let own = run(&["score", &construct, "--write-norms", &path, "--group", "role"]);
    assert_eq!(status(&own), 0, "{}", stderr(&own));
    let page = stdout(&own);
    assert!(page.contains("Norms of all") && page.contains("Norms by role"), "{page}");
    let norms = std::fs::read_to_string(&path).unwrap();
    assert!(norms.contains("psychometrics.norms/1") && !norms.contains("p17"), "{norms}");

    let from_sample = document(&["score", &construct, &new, "--group", "role"]);
    std::fs::remove_file(files.path("norm.csv")).unwrap();
    let stored = ["score", &construct, &new, "--norms", &path];
    let within = [&stored[..], &["--group", "role"]].concat();
    assert_eq!(document(&within), from_sample);
    assert_eq!(from_sample["respondents"][0]["group"], "nurse");
    let second = &from_sample["respondents"][1]["scales"][0];
    assert_eq!((&second["score"], &second["missing"][0]), (&Value::from(2.5), &Value::from("b")));
    assert_eq!(second["reasons"]["percentile"], "no value of 'role'");
    assert!(document(&stored)["respondents"][1]["scales"][0]["percentile"].is_number());
    let csv = stdout(&run(&[&within[..], &["--format", "csv"]].concat()));
    assert!(csv.starts_with("respondent,role,scale,answered,") && csv.contains("\nn1,nurse,d,3,"), "{csv}");

    let code = |arguments: &[&str]| failure(arguments, 2)["code"].as_str().unwrap().to_string();
    assert_eq!(code(&[&stored[..], &["--level", "continuous"]].concat()), "bad_option");
    assert_eq!(code(&[&stored[..], &["--group", "team"]].concat()), "bad_option");
    let other = files.add("other.toml", toml.replace("id = \"c\"", "id = \"c\"\nreverse = true"));
    let error = failure(&["score", &other, &new, "--norms", &path], 2);
    assert_eq!(error["code"], "other_construct");
    assert!(error["message"].as_str().unwrap().contains("item 'c' is not reversed in the norms"), "{error}");
    let cut = files.add("cut.json", &norms[..200]);
    assert_eq!(code(&["score", &construct, &new, "--norms", &cut]), "norms_syntax");
    // by its brace, whatever its name
    let unnamed = files.add("norms.txt", norms.replace("norms/1", "norms/9"));
    assert_eq!(code(&["score", &construct, &new, "--norms", &unnamed]), "norms_version");
    let strange = files.add("strange.csv", "id,role,a,b,c\nn1,nurs,5,4,5\n");
    let error = failure(&["score", &construct, &strange, "--norms", &path, "--group", "role"], 2);
    assert_eq!((&error["code"], &error["hint"]), (&"unknown_group".into(), &"Did you mean 'nurse'?".into()));
    assert!(error["message"].as_str().unwrap().starts_with("respondent 'n1'"), "{error}");
    assert_eq!(status(&run(&["score", &construct])), 2, "without answers there is nothing to do");
}

/// Ratings whose targets have equal means: 0 / 0 and x / 0 have no value.
#[test]
fn an_intraclass_correlation_without_a_value_has_none() {
    let (_files, data) = Files::with("d.csv", "a,b\n1,3\n2,2\n3,1\n");
    let found = document(&["icc", &data]);
    assert!(found["icc"][3]["value"].is_null(), "{found}");
    let page = stdout(&run(&["icc", &data]));
    assert!(!page.contains("inf") && !page.contains("NaN"), "{page}");
}

#[test]
fn names_between_quotes_go_through_fit_and_compare() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(HS)).unwrap();
    let (header, body) = text.split_once('\n').unwrap();
    let renamed = header.replace("x1", "item 1").replace("x2", "2BACK").replace("x3", "xe\u{301}");
    let (files, data) = Files::with("data.csv", &format!("{renamed}\n{body}"));
    let free =
        "visual =~ \"item 1\" + `2BACK` + xe\u{301}\ntextual =~ x4 + x5 + x6\n\"item 1\" ~~ a*\"2BACK\"\n";
    let free = files.add("free.lav", free);
    let tight =
        files.add("tight.lav", "visual =~ \"item 1\" + '2BACK' + xe\u{301}\ntextual =~ x4 + x5 + x6\n");
    let mut paths = Vec::new();
    for (model, name) in [(free, "free.json"), (tight, "tight.json")] {
        let path = files.path(name).display().to_string();
        let output = run(&["fit", &model, &data, "--format", "json", "--output", &path]);
        assert_eq!(status(&output), 0, "{}", stderr(&output));
        paths.push(path);
    }
    let fit: Value = serde_json::from_str(&std::fs::read_to_string(&paths[1]).unwrap()).unwrap();
    // lavaan 0.6-14: cfa() of the same two factors
    near(&fit["fit"]["chisq"], 24.361_303_848);
    assert_eq!(fit["parameters"][1]["rhs"], "2BACK");
    let compared = document(&["compare", &paths[0], &paths[1]]);
    near(&compared["differences"][0]["df_diff"], 1.0);
}

#[test]
fn a_model_file_may_begin_with_a_mark_and_other_encodings_are_named() {
    let (files, marked) = Files::with("marked.lav", &format!("\u{feff}{THREE}"));
    near(&document(&["fit", &marked, HS])["fit"]["chisq"], 85.305_521_8);
    let utf16: Vec<u8> = format!("\u{feff}{THREE}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let model = files.add("utf16.lav", &utf16);
    let construct = files.add("utf16.toml", &utf16);
    for arguments in
        [["fit", &model, HS].as_slice(), &["validate", &construct], &["simulate", &model, "--n", "10"]]
    {
        let error = failure(arguments, 2);
        assert_eq!(error["code"], "not_utf8", "{error}");
        assert!(error["message"].as_str().unwrap().contains("UTF-16"), "{error}");
    }
}

#[test]
fn messages_name_what_was_asked_for() {
    let (files, model) = Files::with("m.lav", "A =~ a1 + a2 + a3 + a4\n");
    let data = "tests/data/likert5.csv";
    for (options, words) in [
        (["--estimator", "ML"], ["ML with ordinal variables", "WLSMV"]),
        (["--missing", "fiml"], ["(fiml) to ordinal variables", "--missing pairwise"]),
    ] {
        let error = failure(&[["fit", &model, data, "--ordered", "all"].as_slice(), &options].concat(), 2);
        let text = format!("{} {}", error["message"], error["hint"]);
        assert!(words.iter().all(|word| text.contains(word)), "{text}");
    }
    // a factor with the name of a column that the model does not use: the streamed road and the other
    let taken = files.add("taken.lav", "x9 =~ x1 + x2 + x3 + x4\n");
    for estimator in ["ML", "MLR"] {
        let error = failure(&["fit", &taken, HS, "--estimator", estimator], 2);
        assert!(
            error["message"].as_str().unwrap().contains("'x9' is a factor of the model and a column"),
            "{error}"
        );
    }
}

#[test]
fn a_definition_without_value_is_a_row_of_nulls() {
    let (_files, model) =
        Files::with("m.lav", "f =~ x1 + a*x2 + x3 + x4\nlow := log(a - 5)\ntwice := 2*a\nnone := a/0\n");
    let fit = document(&["fit", &model, HS]);
    let rows = fit["parameters"].as_array().unwrap();
    let last: Vec<&Value> = rows[rows.len() - 3..].iter().collect();
    assert_eq!(
        last.iter().map(|row| row["lhs"].as_str().unwrap()).collect::<Vec<_>>(),
        ["low", "twice", "none"]
    );
    for (row, is_null) in last.iter().zip([true, false, true]) {
        assert_eq!(
            (row["op"].as_str(), row["est"].is_null(), row["std.all"].is_null()),
            (Some(":="), is_null, is_null)
        );
        assert_eq!(row.as_object().unwrap().len(), rows[0].as_object().unwrap().len());
    }
    let page = run(&["fit", &model, HS]);
    assert_eq!(status(&page), 0);
    let page = stdout(&page);
    assert!(page.contains("low := log(a-5)") && page.contains("has no value"), "{page}");
}

#[test]
fn an_unknown_key_of_a_construct_is_told_on_stderr_before_the_page() {
    let construct = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/professional_conduct");
    let text = std::fs::read_to_string(construct.join("construct.toml")).unwrap();
    let at = text.find("[[items]]").unwrap();
    let id = text[at..].split('"').nth(1).unwrap();
    let slip = text[at..].replacen("[[items]]\n", "[[items]]\nreversd = true\n", 1);
    let (_files, path) = Files::with("construct.toml", &format!("{}{slip}", &text[..at]));
    // the data are not found from there: the slip is told all the same
    let output = run(&["validate", &path, "--data", "no.csv"]);
    assert_eq!(status(&output), 2);
    let told = stderr(&output);
    assert!(told.lines().next().unwrap().contains(&format!("the key 'reversd' of item '{id}'")), "{told}");
}

/// Squares of 1e200 are no numbers: what rests on them does not exist, and no page holds infinity.
#[test]
fn numbers_too_large_to_be_squared_give_no_infinity() {
    let (_files, data) = Files::with("d.csv", "a,b,c\n1e200,2,3\n-1e200,3,5\n3e199,5,4\n4,4,1\n");
    for command in ["items", "reliability", "icc", "agreement", "screen", "correlate"] {
        for format in ["text", "json", "csv"] {
            let output = run(&[command, &data, "--format", format]);
            let text = stdout(&output);
            let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
            assert!(
                !words.iter().any(|word| matches!(*word, "inf" | "NaN" | "nan")),
                "{command} {format}: {text}"
            );
            assert!([0, 2, 3].contains(&status(&output)));
        }
    }
}

/// Every measure of fit that is null has its reason beside it, and no other has one.
#[test]
fn a_measure_of_fit_without_a_value_has_its_reason_in_the_document() {
    let (_files, model) = Files::with("one.lav", "visual =~ x1 + x2 + x3\n");
    for (estimator, some) in [("ML", "pvalue"), ("ULS", "rmsea.pvalue")] {
        let own = document(&["fit", &model, HS, "--estimator", estimator]);
        let nulls: Vec<&String> = own["fit"]
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, v)| v.is_null())
            .map(|(name, _)| name)
            .collect();
        let reasons: Vec<&String> = own["reasons"].as_object().unwrap().keys().collect();
        assert_eq!(reasons.len(), nulls.len());
        assert!(nulls.iter().all(|name| reasons.contains(name)), "{nulls:?} {reasons:?}");
        assert_eq!(own["reasons"][some], "the model is saturated, df = 0");
    }
}

#[test]
fn a_network_of_items_is_a_page_a_document_and_a_table() {
    let items = "a1,a2,a3,a4,b1,b2,b3,b4,c1,c2,c3,c4";
    let ega = ["ega", "tests/data/likert5.csv", "--columns", items, "--bootstrap", "20"];
    let found = document(&ega);
    assert_eq!(found["schema"], "psychometrics.ega/1");
    assert_eq!((&found["dimensions"], &found["stability"]["replicates"]), (&3.into(), &20.into()));
    assert_eq!(found["weights"]["rows"].as_array().unwrap().len(), 12);
    let louvain = document(&[&ega[..], &["--algorithm", "louvain", "--resampling", "cases"]].concat());
    assert_eq!(louvain["dimensions"], 3);
    let polychoric = document(&["ega", ega[1], "--columns", items, "--correlations", "polychoric"]);
    assert_eq!((&polychoric["basis"], &polychoric["dimensions"]), (&"polychoric".into(), &3.into()));
    let csv = stdout(&run(&[&ega[..], &["--format", "csv"]].concat()));
    assert_eq!(csv.lines().count(), 13);
    assert!(csv.starts_with("item,dimension,strength,within,stability\na1,1,"), "{csv}");
    let html = stdout(&run(&[&ega[..], &["--format", "html"]].concat()));
    assert!(html.contains("<svg") && html.contains("stroke-dasharray"));
    let construct = document(&["ega", "data/professional_conduct/construct.toml"]);
    assert!(construct["dimensions"].as_u64().unwrap() >= 2);
    let refused = run(&["ega", "tests/data/likert5.csv", "--columns", "a1,a2"]);
    assert!(status(&refused) > 1 && stderr(&refused).contains("at least 3"), "{}", stderr(&refused));
}

#[test]
fn a_short_form_is_chosen_and_judged() {
    let scales = "A=a1,a2,a3,a4;B=b1,b2,-b3,b4;C=c1,c2,c3,c4";
    let found = document(&[
        "short-form",
        "tests/data/likert5.csv",
        "--items",
        "6",
        "--scales",
        scales,
        "--at-least",
        "2",
    ]);
    assert_eq!(found["schema"], "psychometrics.short_form/1");
    assert_eq!(found["chosen"]["items"].as_array().unwrap().len(), 6);
    assert!(found["loss"].as_f64().unwrap() > -0.02 && found["chosen"]["is_best"] == true);
    let construct = document(&[
        "short-form",
        "data/professional_conduct/construct.toml",
        "--items",
        "8",
        "--splits",
        "2",
    ]);
    assert!(construct["coverage"].as_array().unwrap().len() > 1);
    let refused = run(&[
        "short-form",
        "tests/data/likert5.csv",
        "--items",
        "6",
        "--columns",
        "a1,a2,a3",
        "--at-least",
        "1",
    ]);
    assert!(status(&refused) > 1 && stderr(&refused).contains("--scales"), "{}", stderr(&refused));
}

#[test]
fn comparison_data_stand_among_the_rules_where_they_are_asked_for() {
    let found =
        document(&["retention", HS, "--columns", "x1,x2,x3,x4,x5,x6,x7,x8,x9", "--comparison-data=20"]);
    assert!((3..=4).contains(&found["suggestions"]["comparison_data"].as_u64().unwrap()));
    assert_eq!(found["comparison"]["samples"], 20);
    assert!(found["mardia"]["kurtosis"].as_f64().unwrap() > 100.0);
}

#[test]
fn a_model_in_each_group_is_a_line_each() {
    let (files, model) = Files::with("m.lav", "f =~ x1 + x2 + x3");
    let sums = files.path("sums.json").display().to_string();
    let data = "data/holzinger_swineford_1939/hs.csv";
    let summed = run(&["moments", data, "--columns", "x1,x2,x3", "--group", "school", "--output", &sums]);
    assert_eq!(status(&summed), 0, "{}", stderr(&summed));
    let each = ["fit", &model, "--from-aggregates", &sums, "--group", "school", "--each-group"];
    let found = document(&each);
    assert_eq!(found["schema"], "psychometrics.group_models/1");
    assert_eq!(
        (found["groups"][0]["group"].as_str(), found["groups"][1]["n"].as_u64()),
        (Some("Grant-White"), Some(156))
    );
    let csv = stdout(&run(&[&each[..], &["--format", "csv"]].concat()));
    assert!(
        csv.starts_with(
            "group,n,status,chisq,df,pvalue,cfi,tli,rmsea,srmr,omega_f,why\nGrant-White,145,converged,"
        ),
        "{csv}"
    );
    let page = stdout(&run(&each));
    assert!(page.contains("2 groups, each with a proper solution."), "{page}");
    let of_rows = failure(&["fit", &model, data, "--group", "school", "--each-group"], 2);
    assert!(
        of_rows["message"].as_str().unwrap().contains("psychometrics moments DATA --group VAR"),
        "{of_rows}"
    );
    let other = failure(&["fit", &model, "--from-aggregates", &sums, "--group", "sex", "--each-group"], 2);
    assert!(other["message"].as_str().unwrap().contains("the sums are of the groups of 'school'"), "{other}");
    let equal = failure(&[&each[..], &["--group-equal", "loadings"]].concat(), 2);
    assert!(equal["message"].as_str().unwrap().contains("have nothing equal"), "{equal}");
}
