//! What an endpoint's file says of it: the module's first line, and the handler's doc comment with
//! the statuses and codes that it lists.

/// An endpoint in words.
#[derive(Debug, PartialEq, Eq)]
pub struct Comment {
    /// The module's: a short line.
    pub summary: String,
    /// The handler's, without its errors: paragraphs of Markdown.
    pub description: String,
    /// The errors that it lists, by status.
    pub refusals: Vec<Refusal>,
}

/// What an endpoint answers with one status of an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// 400 to 599.
    pub status: u16,
    /// Stable codes.
    pub codes: Vec<String>,
    /// Messages of errors without a code.
    pub messages: Vec<String>,
    /// Whether there may be no body.
    pub is_bodiless: bool,
}

impl Comment {
    /// Reads the text of an endpoint's file.
    ///
    /// Panics where the file has no module comment or no commented `handler`.
    pub fn of(source: &str) -> Self {
        let module = source.lines().map_while(|line| line.strip_prefix("//! "));
        let summary = module.collect::<Vec<_>>().join(" ").trim_end_matches('.').to_owned();
        assert!(!summary.is_empty(), "the file begins with a comment of its module");

        let (above, _) = source.split_once("\npub async fn handler(").expect("it has a handler");
        let mut lines: Vec<_> =
            above.lines().rev().map_while(|line| line.strip_prefix("///")).collect();
        lines.reverse();
        let text = lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n");
        let (errors, words): (Vec<_>, Vec<_>) = text
            .split("\n\n")
            .map(|paragraph| paragraph.replace('\n', " "))
            .partition(|paragraph| paragraph.starts_with("Errors"));
        assert!(!words.is_empty(), "the handler has a comment");
        let refusals = errors.first().map(|text| refusals(text)).unwrap_or_default();
        Self { summary, description: words.join("\n\n"), refusals }
    }
}

/// What a list of errors says, by status: a code in backticks, or a message in quotes, belongs to the
/// last status before it.
fn refusals(text: &str) -> Vec<Refusal> {
    let mut found: Vec<Refusal> = Vec::new();
    for (index, piece) in text.split('`').enumerate() {
        let is_quoted = index % 2 == 1;
        match found.last_mut() {
            Some(refusal) if is_quoted && is_code(piece) => refusal.codes.push(piece.to_owned()),
            _ if !is_quoted => read_prose(piece, &mut found),
            _ => {}
        }
    }
    found
}

/// Statuses, messages in quotes, and "without a body".
fn read_prose(text: &str, found: &mut Vec<Refusal>) {
    for (index, piece) in text.split('"').enumerate() {
        if index % 2 == 1 {
            let refusal = found.last_mut().expect("a message stands behind its status");
            refusal.messages.push(piece.to_owned());
            continue;
        }
        let mut rest = piece;
        while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
            let digits: String = rest[at..].chars().take_while(char::is_ascii_digit).collect();
            note_body(&rest[..at], found);
            if let Ok(status @ 400..=599) = digits.parse() {
                found.push(Refusal { status, ..Refusal::default() });
            }
            rest = &rest[at + digits.len()..];
        }
        note_body(rest, found);
    }
}

fn note_body(text: &str, found: &mut [Refusal]) {
    if let Some(refusal) = found.last_mut() {
        refusal.is_bodiless |= text.contains("without a body");
    }
}

/// `INVALID_TOKEN`, and not `callbackURL`.
fn is_code(text: &str) -> bool {
    text.len() > 3
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoints_file_is_read() {
        let source = "//! Doing something.\n\nuse this;\n\n/// Other.\nstruct Other;\n\n\
            /// `POST /x`: `{ a? }` → 200\n/// `{ b }`.\n///\n/// More of it.\n///\n\
            /// Errors: 400 `VALIDATION_ERROR`, `A_CODE` for a\n/// `callbackURL`, \"Some text\"; \
            404 `B_CODE`, and without a body\n/// where it is off; 429.\n\
            pub async fn handler(app: App) {}\n";
        let refusal = |status, codes: &[&str], messages: &[&str], is_bodiless| Refusal {
            status,
            codes: codes.iter().map(ToString::to_string).collect(),
            messages: messages.iter().map(ToString::to_string).collect(),
            is_bodiless,
        };

        let comment = Comment::of(source);

        assert_eq!(comment.summary, "Doing something");
        assert_eq!(comment.description, "`POST /x`: `{ a? }` → 200 `{ b }`.\n\nMore of it.");
        assert_eq!(
            comment.refusals,
            [
                refusal(400, &["VALIDATION_ERROR", "A_CODE"], &["Some text"], false),
                refusal(404, &["B_CODE"], &[], true),
                refusal(429, &[], &[], false),
            ]
        );
    }
}
