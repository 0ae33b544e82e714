//! The documents say what the code does.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use functions::routes::TABLE;
use functions::telemetry::metrics;
use shared::audit::Action;
use shared::config::Config;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The texts in quotes that are spelled like variables, in a source or in all below a folder.
fn variables(path: &Path, found: &mut BTreeSet<String>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            variables(&entry.unwrap().path(), found);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        let is_variable = |text: &&str| {
            let is_capital = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
            text.contains('_') && text.bytes().all(|byte| is_capital(byte) || byte == b'_')
        };
        let text = fs::read_to_string(path).unwrap();
        found.extend(text.split('"').filter(is_variable).map(str::to_owned));
    }
}

/// The settings that `docs/OPTIONS.md` explains.
fn explained() -> BTreeSet<String> {
    let options = fs::read_to_string(root().join("docs/OPTIONS.md")).unwrap();
    let (settings, _) = options.split_once("# Better Auth's options").unwrap();
    let first_cells = settings.lines().filter(|line| line.starts_with("| `"));
    first_cells
        .flat_map(|line| line.split(" | ").next().unwrap().split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

/// Every setting that some part reads.
fn settings_read() -> BTreeSet<String> {
    let mut read = BTreeSet::new();
    for place in [
        "shared/src/additional.rs",
        "shared/src/client",
        "shared/src/config",
        "shared/src/config.rs",
        "shared/src/doorbell.rs",
        "shared/src/origin",
        "functions/mailer/src",
        "functions/src/telemetry.rs",
        "local/src",
    ] {
        variables(&root().join(place), &mut read);
    }
    // Lambda's word that it is Lambda: nobody sets it.
    read.remove("AWS_LAMBDA_FUNCTION_NAME");
    read
}

#[test]
fn every_setting_that_is_read_is_explained_and_every_one_explained_is_read() {
    let (read, explained) = (settings_read(), explained());

    let unexplained: Vec<_> = read.iter().filter(|name| !explained.contains(*name)).collect();
    assert!(unexplained.is_empty(), "not in docs/OPTIONS.md: {unexplained:?}");
    let unread: Vec<_> =
        explained.iter().filter(|name| name.contains('_') && !read.contains(*name)).collect();
    assert!(unread.is_empty(), "docs/OPTIONS.md explains what nobody reads: {unread:?}");
}

#[test]
fn the_settings_for_the_strict_are_settings_and_go_together() {
    let text = fs::read_to_string(root().join("docs/SECURITY.md")).unwrap();
    let (_, section) = text.split_once("\n## Settings for the strict\n").unwrap();
    let (_, block) = section.split_once("```sh\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();
    let settings: Vec<_> = block.lines().map(|line| line.split_once('=').unwrap()).collect();
    let lookup = |name: &str| {
        settings.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    };

    Config::from_vars(lookup).unwrap();

    let read = settings_read();
    for (name, _) in &settings {
        assert!(read.contains(*name), "docs/SECURITY.md names {name}, and nobody reads it");
    }
    let quoted = section.split('`').skip(1).step_by(2);
    let names = quoted.filter_map(|text| text.split('=').next());
    let is_capital = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
    for name in names.filter(|name| name.contains('_') && name.bytes().all(is_capital)) {
        assert!(read.contains(name), "docs/SECURITY.md names {name}, and nobody reads it");
    }
}

/// Asserts that the files and tests exist that a document names; how many tests there are.
fn named_tests(document: &str) -> usize {
    let text = fs::read_to_string(root().join(document)).unwrap();
    let quoted = text.split('`').skip(1).step_by(2);
    let is_file = |name: &str| {
        let (folder, _) = name.split_once('/').unwrap_or((name, ""));
        let extension = Path::new(name).extension().unwrap_or_default();
        name == "Dockerfile"
            || (root().join(folder).exists() && !folder.is_empty() && !extension.is_empty())
    };
    let mut tests = 0;
    for quoted in quoted {
        let (file, name) = match quoted.split_once("::") {
            Some((file, name)) => (file, Some(name)),
            None => (quoted, None),
        };
        if name.is_none() && !is_file(file) {
            continue;
        }
        let source = fs::read_to_string(root().join(file));
        let source = source.unwrap_or_else(|error| panic!("{document} names {file}: {error}"));
        let Some(name) = name else { continue };
        // Rust, Python, JavaScript.
        let spellings = [format!("fn {name}("), format!("def {name}("), format!("'{name}'")];
        let exists = spellings.iter().any(|spelling| source.contains(spelling));
        assert!(exists, "{document} names a test that is not there: {quoted}");
        tests += 1;
    }
    tests
}

#[test]
fn every_file_and_test_that_the_plan_and_the_assessment_name_exists() {
    for (document, least) in [("docs/SEED.md", 80), ("docs/ASVS.md", 120)] {
        let tests = named_tests(document);
        assert!(tests > least, "{document}: {tests}");
    }
}

/// A requirement of `docs/ASVS.md`.
struct Requirement {
    number: String,
    level: usize,
    verdict: String,
    why: String,
}

fn requirements(text: &str) -> Vec<Requirement> {
    let is_number = |cell: &str| {
        let parts: Vec<_> = cell.split('.').collect();
        parts.len() == 3 && parts.iter().all(|part| part.parse::<u8>().is_ok())
    };
    let cells = |line: &str| {
        let cells = line.trim_matches('|').split(" | ");
        cells.map(|cell| cell.trim().to_owned()).collect::<Vec<_>>()
    };
    let rows = text.lines().filter(|line| line.starts_with("| ")).map(cells);
    rows.filter(|cells| is_number(&cells[0]))
        .map(|cells| {
            let [number, level, _, verdict, why] = cells.try_into().unwrap();
            Requirement { number, level: level.parse().unwrap(), verdict, why }
        })
        .collect()
}

/// What is quoted and spelled like a variable, with or without a value.
fn named_settings(why: &str) -> impl Iterator<Item = &str> {
    let is_name = |name: &str| {
        name.contains('_') && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    };
    let names = why.split('`').skip(1).step_by(2);
    names
        .map(|quoted| quoted.split_once('=').map_or(quoted, |(name, _)| name))
        .filter(move |it| is_name(it))
}

#[test]
fn every_requirement_of_the_assessment_has_a_verdict_with_its_ground_and_is_counted() {
    let text = fs::read_to_string(root().join("docs/ASVS.md")).unwrap();
    let (all, explained) = (requirements(&text), explained());

    // Of the chapters in ASVS 5.0.0.
    for (chapter, count) in
        [(2, 13), (3, 31), (6, 47), (7, 19), (9, 7), (11, 24), (13, 21), (16, 17)]
    {
        let of_chapter = |it: &&Requirement| it.number.starts_with(&format!("{chapter}."));
        let numbers: BTreeSet<_> = all.iter().filter(of_chapter).map(|it| &it.number).collect();
        assert_eq!(numbers.len(), count, "V{chapter}");
    }
    assert_eq!(all.len(), 179);
    for Requirement { number, verdict, why, .. } in &all {
        let has_ground = match verdict.as_str() {
            "met" => {
                why.contains("::")
                    || why.starts_with("By construction: ")
                    || why.starts_with("By document: ")
            }
            "met with a setting" => {
                let settings: Vec<_> = named_settings(why).collect();
                let unknown = settings.iter().find(|name| !explained.contains(**name));
                assert!(unknown.is_none(), "{number} names {unknown:?}, which is no setting");
                !settings.is_empty()
            }
            _ => !why.is_empty(),
        };
        assert!(has_ground, "{number} is {verdict}: {why}");
    }

    let counts: Vec<_> = ["met", "met with a setting", "deviation", "not met", "not applicable"]
        .into_iter()
        .map(|verdict| {
            let of = |level| {
                let is = |it: &&Requirement| it.verdict == verdict && it.level == level;
                all.iter().filter(is).count()
            };
            let of = [of(1), of(2), of(3)];
            let sum: usize = of.iter().sum();
            format!("| {verdict} | {} | {} | {} | {sum} | ", of[0], of[1], of[2])
        })
        .collect();
    for line in counts {
        assert!(text.contains(&line), "it does not say {line}");
    }
    let unmet: BTreeSet<_> =
        all.iter().filter(|it| it.verdict == "not met").map(|it| it.number.clone()).collect();
    let (_, summary) = text.split_once("\n## What is not met\n").unwrap();
    let (summary, _) = summary.split_once("\n## ").unwrap();
    let listed: BTreeSet<_> = summary
        .split([' ', ','])
        .filter(|word| word.matches('.').count() == 2)
        .map(str::to_owned)
        .collect();
    assert_eq!(listed, unmet);
}

/// The first cells of a table of `docs/EVENTS.md`: of the one under a heading.
fn rows_under(text: &str, heading: &str) -> Vec<Vec<String>> {
    let (_, rest) = text.split_once(&format!("\n{heading}\n")).unwrap();
    let lines = rest.lines().skip_while(|line| !line.starts_with("| ---")).skip(1);
    let cells = |line: &str| {
        line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect()
    };
    lines.take_while(|line| line.starts_with('|')).map(cells).collect()
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

#[test]
fn every_event_is_explained_and_every_one_explained_is_written() {
    let text = fs::read_to_string(root().join("docs/EVENTS.md")).unwrap();
    let explained: Vec<_> =
        rows_under(&text, "### Names").into_iter().map(|row| row[0].clone()).collect();
    let names: Vec<_> = Action::ALL.iter().map(|action| code(action.name())).collect();
    assert_eq!(explained, names);

    let explained: Vec<_> =
        rows_under(&text, "### Fields").into_iter().map(|row| row[0].clone()).collect();
    let source = fs::read_to_string(root().join("shared/src/audit.rs")).unwrap();
    let (_, event) = source.split_once("target: TARGET,").unwrap();
    let (event, _) = event.split_once(");").unwrap();
    let name = |line: &str| line.trim().split([' ', ',']).next().unwrap().to_owned();
    let fields: Vec<_> = event.lines().map(name).filter(|name| !name.is_empty()).collect();
    assert_eq!(explained, fields.iter().map(|field| code(field)).collect::<Vec<_>>());
}

#[test]
fn every_event_is_one_that_a_handler_or_a_row_names() {
    let mut sources = String::new();
    let folder = root().join("functions/src");
    read_all(&folder, &mut sources);
    let of_rows: Vec<_> = TABLE.iter().filter_map(|row| row.action).collect();
    for action in Action::ALL {
        let is_noted = sources.contains(&format!("audit.is(Action::{action:?})"));
        assert!(of_rows.contains(action) || is_noted, "nobody writes {action:?}");
    }
}

#[test]
fn every_metric_is_explained_as_it_is_written() {
    let text = fs::read_to_string(root().join("docs/EVENTS.md")).unwrap();
    let explained: Vec<_> = rows_under(&text, "## Metrics")
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone(), row[2].clone()))
        .collect();
    let dimensions = |sets: &[&[&str]]| {
        let set = |names: &&[&str]| {
            let names = std::iter::once("Service").chain(names.iter().copied()).map(code);
            names.collect::<Vec<_>>().join(", ")
        };
        sets.iter().map(set).collect::<Vec<_>>().join("; ")
    };
    let written: Vec<_> = metrics::ALL
        .iter()
        .map(|it| (code(it.name), it.unit.to_owned(), dimensions(it.dimensions)))
        .collect();
    assert_eq!(explained, written);
    // A metric that is not in the list would not be missed above.
    let source = fs::read_to_string(root().join("functions/src/telemetry/metrics.rs")).unwrap();
    assert_eq!(source.matches("Metric = metric(").count(), metrics::ALL.len());
}

fn read_all(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, into);
        } else {
            into.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}
