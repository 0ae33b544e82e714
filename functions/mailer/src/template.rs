//! What mails look like: a text and an HTML template for each kind, built in or from a folder.
//!
//! The first line of the text template is the subject. Templates know `app_name`, `name` (empty where
//! it is not fit to be shown), `email`, `new_email`, `url`, `token` and `valid_for`. In a notice `email` is the
//! address that it goes to, and the last three are empty.

use std::fs;
use std::path::Path;

use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use shared::config::ConfigError;
use shared::mail::Kind;
use time::Duration;

use crate::mail::Mail;
use crate::message::one_line;
use crate::transport::Failure;

const BUILT_IN: [(&str, &str); 15] = [
    ("layout.html", include_str!("../templates/layout.html")),
    ("verify-email.txt", include_str!("../templates/verify-email.txt")),
    ("verify-email.html", include_str!("../templates/verify-email.html")),
    ("reset-password.txt", include_str!("../templates/reset-password.txt")),
    ("reset-password.html", include_str!("../templates/reset-password.html")),
    ("change-email-confirmation.txt", include_str!("../templates/change-email-confirmation.txt")),
    ("change-email-confirmation.html", include_str!("../templates/change-email-confirmation.html")),
    ("change-email-verification.txt", include_str!("../templates/change-email-verification.txt")),
    ("change-email-verification.html", include_str!("../templates/change-email-verification.html")),
    ("delete-account.txt", include_str!("../templates/delete-account.txt")),
    ("delete-account.html", include_str!("../templates/delete-account.html")),
    ("password-changed.txt", include_str!("../templates/password-changed.txt")),
    ("password-changed.html", include_str!("../templates/password-changed.html")),
    ("email-changed.txt", include_str!("../templates/email-changed.txt")),
    ("email-changed.html", include_str!("../templates/email-changed.html")),
];

/// A name that is longer is not shown.
const LONGEST_NAME: usize = 60;

/// The templates, each of them tried.
#[derive(Debug)]
pub struct Templates(Environment<'static>);

/// A mail as the reader sees it.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// The plain part.
    pub text: String,
    /// The other one.
    pub html: String,
}

/// What a template may show.
struct Values<'a> {
    app_name: &'a str,
    name: &'a str,
    email: &'a str,
    new_email: &'a str,
    url: &'a str,
    token: &'a str,
    valid_for: &'a str,
}

impl Templates {
    /// The built-in ones; a file of the same name in `folder` takes the place of one. Other `.txt`
    /// and `.html` files there can be included or extended.
    ///
    /// Errors name the file that does not render.
    pub fn load(folder: Option<&Path>) -> Result<Self, ConfigError> {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_auto_escape_callback(|name| {
            let is_html = Path::new(name).extension().is_some_and(|extension| extension == "html");
            if is_html { AutoEscape::Html } else { AutoEscape::None }
        });
        for (name, source) in BUILT_IN {
            templates.add_template(name, source).map_err(|error| malformed(&error))?;
        }
        for (name, source) in folder.map(files).transpose()?.unwrap_or_default() {
            templates.add_template_owned(name, source).map_err(|error| malformed(&error))?;
        }
        let templates = Self(templates);
        let tried = Values {
            app_name: "Example",
            name: "Ada",
            email: "ada@example.com",
            new_email: "ada.new@example.com",
            url: "https://auth.example.com",
            token: "token",
            valid_for: "1 hour",
        };
        for kind in Kind::ALL {
            templates.render_values(kind, &tried).map_err(|error| malformed(&error))?;
        }
        Ok(templates)
    }

    /// Renders a mail.
    ///
    /// Errors: temporary, a template that fails with these values; its next version may not.
    pub fn render(&self, mail: &Mail) -> Result<Rendered, Failure> {
        let (user, link) = (&mail.user.user, mail.link.as_ref());
        let values = Values {
            app_name: &one_line(&mail.app_name),
            name: shown_name(&user.name),
            // The old address need not hear of the new one.
            email: if mail.kind.is_notice() { &mail.to } else { &user.email },
            new_email: mail.new_email.as_deref().unwrap_or_default(),
            url: link.map_or("", |link| &link.url),
            token: link.map_or("", |link| &link.token),
            valid_for: &link.map_or_else(String::new, |link| in_words(link.valid_for)),
        };
        self.render_values(mail.kind, &values)
            .map_err(|error| Failure::Temporary(format!("its template fails: {}", place(&error))))
    }

    fn render_values(&self, kind: Kind, values: &Values<'_>) -> Result<Rendered, minijinja::Error> {
        let Values { app_name, name, email, new_email, url, token, valid_for } = *values;
        let render = |extension: &str| {
            let values = context! { app_name, name, email, new_email, url, token, valid_for };
            self.0.get_template(&format!("{}.{extension}", kind.as_str()))?.render(values)
        };
        let (text, html) = (render("txt")?, render("html")?);
        let (subject, text) = text.trim_start().split_once('\n').unwrap_or((text.as_str(), ""));
        Ok(Rendered { subject: one_line(subject), text: text.trim().to_owned() + "\n", html })
    }
}

fn files(folder: &Path) -> Result<Vec<(String, String)>, ConfigError> {
    let unread = |path: &Path, error: std::io::Error| ConfigError::Malformed {
        name: "MAIL_TEMPLATES",
        problem: format!("{} can't be read: {error}", path.display()),
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| unread(folder, error))? {
        let path = entry.map_err(|error| unread(folder, error))?.path();
        let is_template = path.extension().is_some_and(|ext| ext == "txt" || ext == "html");
        if let (true, Some(name)) = (is_template, path.file_name().and_then(|name| name.to_str())) {
            let source = fs::read_to_string(&path).map_err(|error| unread(&path, error))?;
            files.push((name.to_owned(), source));
        }
    }
    Ok(files)
}

fn malformed(error: &minijinja::Error) -> ConfigError {
    ConfigError::Malformed { name: "MAIL_TEMPLATES", problem: place(error) }
}

/// What is wrong and where, without the values that it met.
fn place(error: &minijinja::Error) -> String {
    let (name, line) = (error.name().unwrap_or("a template"), error.line().unwrap_or_default());
    format!("{} in {name}, line {line}", error.kind())
}

/// A name is what somebody typed who may be a stranger to the reader. One that is long, or that a mail
/// program would make into a link, could carry a message of theirs under our sender: then none is shown.
fn shown_name(name: &str) -> &str {
    let mut after_dots = name.split('.').skip(1);
    let names_a_site =
        after_dots.any(|rest| rest.chars().take_while(|c| c.is_alphanumeric()).count() > 1);
    let is_fit = name.chars().count() <= LONGEST_NAME
        && !name.contains(['/', '\\', '@', ':'])
        && !name.chars().any(char::is_control)
        && !names_a_site;
    if is_fit { name.trim() } else { "" }
}

/// `1 hour`, `45 minutes`: rounded to whole minutes, and from two hours on down to whole hours.
fn in_words(duration: Duration) -> String {
    let counted = |count: i64, unit: &str| {
        if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
    };
    match (duration.whole_seconds() + 30) / 60 {
        ..1 => "less than a minute".to_owned(),
        minutes if minutes >= 2880 => counted(minutes / 1440, "day"),
        minutes if minutes >= 120 || minutes == 60 => counted(minutes / 60, "hour"),
        minutes => counted(minutes, "minute"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hostile() -> Values<'static> {
        Values {
            app_name: "A<script>pp",
            name: "<script>\"Ada'&",
            email: "<script>@example.com",
            new_email: "<script>new@example.com",
            url: "https://a.example/?x=1&y=\"<script>",
            token: "t",
            valid_for: "1 hour",
        }
    }

    #[test]
    fn every_template_renders_and_escapes() {
        let templates = Templates::load(None).unwrap();

        for kind in Kind::ALL {
            let rendered = templates.render_values(kind, &hostile()).unwrap();

            assert!(!rendered.html.contains("<script>"), "{kind:?}");
            assert!(rendered.html.contains("&lt;script&gt;"), "{kind:?}");
            assert!(rendered.subject.contains("A<script>pp"), "{kind:?}: {}", rendered.subject);
            assert!(!rendered.text.starts_with(&rendered.subject));
            if kind.is_notice() {
                continue;
            }
            assert!(rendered.html.contains("x=1&amp;y=&quot;"), "{kind:?}: {}", rendered.html);
            assert!(rendered.text.contains(hostile().url), "{kind:?}: nothing is escaped in text");
            for part in [&rendered.text, &rendered.html] {
                assert!(
                    part.contains("1 hour") && part.contains("ignore this"),
                    "{kind:?}: {part}"
                );
            }
        }
    }

    #[test]
    fn a_notice_has_nothing_to_follow() {
        let templates = Templates::load(None).unwrap();

        for kind in Kind::ALL.into_iter().filter(|kind| kind.is_notice()) {
            let rendered = templates.render_values(kind, &hostile()).unwrap();

            for part in [&rendered.text, &rendered.html] {
                for link in ["href", "://", hostile().new_email, "new@example.com"] {
                    assert!(!part.contains(link), "{kind:?}: {link} in {part}");
                }
                assert!(part.contains("If it was not you") && part.contains("no link"), "{part}");
            }
        }
    }

    #[test]
    fn a_mail_without_a_name_greets_without_one() {
        let templates = Templates::load(None).unwrap();

        for kind in Kind::ALL {
            let values = Values { name: "", ..hostile() };
            let text = templates.render_values(kind, &values).unwrap().text;
            assert!(text.starts_with("Hello,\n"), "{text}");
        }
    }

    #[test]
    fn a_file_of_the_folder_takes_the_place_of_a_template() {
        let folder = std::env::temp_dir().join(shared::token::random());
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("verify-email.txt"), "Hi\r\nfrom {{ app_name }}: {{ url }}").unwrap();
        let templates = Templates::load(Some(&folder)).unwrap();
        fs::write(folder.join("verify-email.html"), "{% include 'nowhere.html' %}").unwrap();
        let error = Templates::load(Some(&folder)).unwrap_err().to_string();
        fs::remove_dir_all(&folder).unwrap();

        let rendered = templates.render_values(Kind::VerifyEmail, &hostile()).unwrap();

        assert_eq!(rendered.subject, "Hi");
        assert!(rendered.text.starts_with("from A<script>pp: https://"));
        assert!(error.contains("MAIL_TEMPLATES") && error.contains("verify-email.html"), "{error}");
        let gone = Templates::load(Some(&folder)).unwrap_err().to_string();
        assert!(gone.contains("MAIL_TEMPLATES"), "{gone}");
    }

    #[test]
    fn a_name_that_could_carry_a_message_is_not_shown() {
        for name in ["Ada Lovelace", "J.R. Tolkien", "Dr. No", "<b>Ada", "Ægir 李", ""] {
            assert_eq!(shown_name(name), name);
        }
        let long = "a".repeat(61);
        for name in
            ["Win at evil.com", "https://evil", "a@b", "x\r\nBcc: y", "javascript:x", long.as_str()]
        {
            assert_eq!(shown_name(name), "", "{name}");
        }
    }

    #[test]
    fn durations_read_well() {
        for (seconds, words) in [
            (3600, "1 hour"),
            (3599, "1 hour"),
            (3000, "50 minutes"),
            (60, "1 minute"),
            (10, "less than a minute"),
            (5400, "90 minutes"),
            (7200, "2 hours"),
            (86_399, "24 hours"),
            (604_800, "7 days"),
        ] {
            assert_eq!(in_words(Duration::seconds(seconds)), words);
        }
    }
}
