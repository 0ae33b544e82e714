//! The whole page.

use serde_json::Value;

use super::markup::{escaped, line, paragraphs};
use super::{curl, schema};

/// An endpoint of the description.
struct Endpoint<'a> {
    method: String,
    path: &'a str,
    operation: &'a Value,
}

/// Renders a description; examples are sent to `origin`.
pub fn render(document: &Value, origin: &str) -> String {
    let endpoints = endpoints(document);
    let group = |(index, tag): (usize, &Value)| {
        let name = text(&tag["name"]);
        let of_tag: Vec<_> =
            endpoints.iter().filter(|endpoint| endpoint.operation["tags"][0] == name).collect();
        let items: String = of_tag.iter().map(|endpoint| link(endpoint)).collect();
        let articles: String =
            of_tag.iter().map(|endpoint| article(document, origin, endpoint)).collect();
        let (name, description) = (escaped(name), line(text(&tag["description"])));
        let links = format!("<h2><a href=\"#tag-{index}\">{name}</a></h2><ul>{items}</ul>");
        let section = format!(
            "<section id=\"tag-{index}\"><h2>{name}</h2><p>{description}</p>{articles}</section>"
        );
        (links, section)
    };
    let groups = list(&document["tags"]).iter().enumerate().map(group);
    let (links, sections): (Vec<_>, Vec<_>) = groups.unzip();
    let info = &document["info"];
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title} API</title>\n<link rel=\"stylesheet\" href=\"/docs/style.css\">\n</head>\n<body>\n\
         <nav aria-label=\"Endpoints\"><p class=\"title\"><a href=\"#top\">{title}</a> \
         <small>{version}</small></p>{links}<h2><a href=\"#schemas\">Shapes</a></h2></nav>\n\
         <main>\n<header id=\"top\"><h1>{title} API</h1>{description}\
         <p><a href=\"/docs/openapi.json\">openapi.json</a>, OpenAPI {openapi}</p>{ways}</header>\n\
         {sections}\n<section id=\"schemas\"><h2>Shapes</h2>{shapes}</section>\n</main>\n</body>\n</html>\n",
        links = links.concat(),
        sections = sections.concat(),
        title = escaped(text(&info["title"])),
        version = escaped(text(&info["version"])),
        description = paragraphs(text(&info["description"])),
        openapi = escaped(text(&document["openapi"])),
        ways = ways_in(document),
        shapes = shapes(document),
    )
}

fn endpoints(document: &Value) -> Vec<Endpoint<'_>> {
    let mut endpoints = Vec::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            endpoints.push(Endpoint { method: method.to_uppercase(), path, operation });
        }
    }
    endpoints
}

fn link(endpoint: &Endpoint<'_>) -> String {
    format!(
        "<li><a href=\"#{}\">{} {}</a></li>",
        escaped(text(&endpoint.operation["operationId"])),
        badge(&endpoint.method),
        escaped(endpoint.path.strip_prefix("/api/auth").unwrap_or(endpoint.path)),
    )
}

fn badge(method: &str) -> String {
    format!("<span class=\"method {}\">{method}</span>", method.to_lowercase())
}

fn article(document: &Value, origin: &str, endpoint: &Endpoint<'_>) -> String {
    let Endpoint { method, path, operation } = endpoint;
    let parameters: String = list(&operation["parameters"])
        .iter()
        .map(|parameter| {
            let mut shown = parameter["schema"].clone();
            shown["description"] = parameter.get("description").unwrap_or(&parameter["in"]).clone();
            schema::row(text(&parameter["name"]), parameter["required"] == true, &shown)
        })
        .collect();
    let parameters = match parameters.as_str() {
        "" => String::new(),
        rows => format!("<h4>Parameters</h4>{}", schema::table(rows)),
    };
    format!(
        "<article id=\"{id}\"><h3>{summary}</h3><p class=\"path\">{badge} <code>{path}</code></p>\
         {description}<p class=\"who\">{who}</p>{parameters}{body}\
         <h4>Try it</h4><pre><code>{curl}</code></pre><h4>Answers</h4>{answers}</article>",
        id = escaped(text(&operation["operationId"])),
        summary = line(text(&operation["summary"])),
        badge = badge(method),
        path = escaped(path),
        description = paragraphs(text(&operation["description"])),
        who = who(operation),
        body = body(document, &operation["requestBody"]),
        curl = escaped(&curl::example(origin, method, path, operation)),
        answers = answers(document, &operation["responses"]),
    )
}

fn who(operation: &Value) -> &'static str {
    match list(&operation["security"]) {
        [] => "For everybody.",
        [first, ..] if first.as_object().is_some_and(serde_json::Map::is_empty) => {
            "With or without a session."
        }
        _ => "Needs a session.",
    }
}

fn body(document: &Value, body: &Value) -> String {
    let Some(content) = body["content"].as_object() else { return String::new() };
    let types: Vec<_> =
        content.keys().map(|kind| format!("<code>{}</code>", escaped(kind))).collect();
    let optional = if body["required"] == true { "" } else { " <small>optional</small>" };
    let shape = resolved(document, &content["application/json"]["schema"]);
    format!(
        "<h4>Body{optional}</h4><p>{}</p>{}{}",
        types.join(" or "),
        schema::members(shape),
        shape["description"]
            .as_str()
            .map(|text| format!("<p>{}</p>", line(text)))
            .unwrap_or_default(),
    )
}

fn answers(document: &Value, responses: &Value) -> String {
    let row = |(status, response): (&String, &Value)| {
        let response = resolved(document, response);
        let content = &response["content"]["application/json"]["schema"];
        let is_error = schema::name_of(content) == Some("Error");
        let what = if content.is_null() || is_error {
            line(text(&response["description"]))
        } else {
            schema::kind(content)
        };
        format!(
            "<tr><th scope=\"row\"><span class=\"status s{}\">{status}</span></th><td>{what}</td></tr>",
            &status[..1]
        )
    };
    schema::table(&responses.as_object().into_iter().flatten().map(row).collect::<String>())
}

/// How a session is proven.
fn ways_in(document: &Value) -> String {
    let schemes = document["components"]["securitySchemes"].as_object().into_iter().flatten();
    let row = |(name, scheme): (&String, &Value)| {
        let how = scheme["name"].as_str().unwrap_or("Authorization: Bearer …");
        format!(
            "<tr><th scope=\"row\">{}</th><td><code>{}</code></td><td>{}</td></tr>",
            escaped(name),
            escaped(how),
            line(text(&scheme["description"]))
        )
    };
    format!(
        "<h4>A session is proven by</h4>{}",
        schema::table(&schemes.map(row).collect::<String>())
    )
}

fn shapes(document: &Value) -> String {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let shape = |(name, shape): (&String, &Value)| {
        let members = match schema::members(shape) {
            members if members.is_empty() => format!("<p>{}</p>", schema::kind(shape)),
            members => members,
        };
        format!(
            "<article id=\"schema-{0}\"><h3>{0}</h3>{1}{members}</article>",
            escaped(name),
            paragraphs(text(&shape["description"])),
        )
    };
    schemas.map(shape).collect()
}

/// What a reference leads to.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let pointer = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
