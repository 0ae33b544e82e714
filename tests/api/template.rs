//! The table of routes, the binaries and `template.yaml` say the same. What else holds of the template is tested in
//! `tests/template`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use functions::routes::TABLE;
use saphyr::{LoadableYamlNode, Yaml};

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    fs::read_to_string(root.join(path)).unwrap()
}

/// `sign_in_email` → `SignInEmailFunction`.
fn logical_id(name: &str) -> String {
    let words = name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]);
    words.collect::<String>() + "Function"
}

/// A value without the tag that CloudFormation put before it.
fn untagged<'a, 'b>(value: &'a Yaml<'b>) -> &'a Yaml<'b> {
    match value {
        Yaml::Tagged(_, inner) => inner,
        plain => plain,
    }
}

#[test]
fn each_row_has_its_binary_and_each_binary_its_row() {
    let manifest = read("functions/Cargo.toml");
    for row in TABLE {
        let (binary, call) =
            (row.binary(), format!("functions::serve(functions::routes::{}()", row.name));
        assert!(read(&format!("functions/src/bin/{binary}.rs")).contains(&call), "{binary}");
        assert!(manifest.contains(&format!("{{ name = \"{binary}\", test = false }}")), "{binary}");
    }

    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions/src/bin");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let found: BTreeSet<_> =
        files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    let mut expected: BTreeSet<_> = TABLE.iter().map(functions::route::Row::binary).collect();
    expected.insert("cleanup".into());
    expected.insert("migrate".into());
    assert_eq!(found, expected);
}

#[test]
fn each_row_has_its_function_and_each_function_its_row() {
    let text = read("template.yaml");
    let documents = Yaml::load_from_str(&text).unwrap();
    let resources = documents[0]["Resources"].as_mapping().unwrap();
    let functions: Vec<_> = resources
        .iter()
        .filter(|(_, resource)| resource["Type"].as_str() == Some("AWS::Serverless::Function"))
        .map(|(id, resource)| (id.as_str().unwrap(), resource))
        .collect();

    let found: BTreeSet<_> = functions.iter().map(|(id, _)| (*id).to_owned()).collect();
    let mut expected: BTreeSet<_> = TABLE.iter().map(|row| logical_id(row.name)).collect();
    expected.extend(["CleanupFunction", "MailerFunction", "MigrateFunction"].map(String::from));
    assert_eq!(found, expected);
    let (_, mailer) = functions.iter().find(|(id, _)| *id == "MailerFunction").unwrap();
    assert_eq!(mailer["Metadata"]["BuildProperties"]["Binary"].as_str(), Some("mailer"));
    assert_eq!(mailer["Properties"]["CodeUri"].as_str(), Some("functions/mailer/"));
    assert!(read("functions/mailer/Cargo.toml").contains("name = \"mailer\""));

    for row in TABLE {
        let id = logical_id(row.name);
        let (_, function) = functions.iter().find(|(other, _)| *other == id).unwrap();
        assert_eq!(
            function["Metadata"]["BuildProperties"]["Binary"].as_str(),
            Some(row.binary().as_str())
        );
        let events = function["Properties"]["Events"].as_mapping().unwrap();
        let found: BTreeSet<_> = events
            .iter()
            .map(|(_, event)| {
                assert_eq!(event["Type"].as_str(), Some("HttpApi"), "{id}");
                let properties = untagged(&event["Properties"]);
                let text = |name: &str| properties[name].as_str().unwrap().to_owned();
                (text("Method"), text("Path"))
            })
            .collect();
        let expected: BTreeSet<_> =
            row.endpoints.iter().map(|it| (it.method.to_owned(), it.path.to_owned())).collect();
        assert_eq!(found, expected, "{id}");
    }
}
