//! The documents say what the code does.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

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

#[test]
fn every_setting_that_is_read_is_explained_and_every_one_explained_is_read() {
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

    let options = fs::read_to_string(root().join("docs/OPTIONS.md")).unwrap();
    let (settings, _) = options.split_once("# Better Auth's options").unwrap();
    let first_cells = settings.lines().filter(|line| line.starts_with("| `"));
    let explained: BTreeSet<_> = first_cells
        .flat_map(|line| line.split(" | ").next().unwrap().split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect();

    let unexplained: Vec<_> = read.iter().filter(|name| !explained.contains(*name)).collect();
    assert!(unexplained.is_empty(), "not in docs/OPTIONS.md: {unexplained:?}");
    let unread: Vec<_> =
        explained.iter().filter(|name| name.contains('_') && !read.contains(*name)).collect();
    assert!(unread.is_empty(), "docs/OPTIONS.md explains what nobody reads: {unread:?}");
}
