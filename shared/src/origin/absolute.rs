//! Absolute URLs, read so that no other parser reads them differently.

use url::Url;

/// Schemes that run what they hold, or reach into the device. Trusted by nobody and nowhere.
const HARMFUL_SCHEMES: [&str; 10] = [
    "about",
    "blob",
    "content",
    "data",
    "file",
    "filesystem",
    "intent",
    "javascript",
    "vbscript",
    "view-source",
];

/// An absolute URL in the one spelling that all parsers read alike.
pub(super) enum Absolute<'a> {
    /// `http` or `https`, with its origin: `https://app.example.com`.
    Web {
        /// Scheme, host and non-default port.
        origin: String,
        /// All of it.
        url: Url,
    },
    /// Anything else with `://`: an app's own.
    App {
        /// In lower case.
        scheme: String,
        /// As it stands between `://` and the path.
        authority: &'a str,
        /// As it stands, without query and fragment.
        path: &'a str,
        /// All of it.
        url: Url,
    },
}

impl<'a> Absolute<'a> {
    /// Reads a URL. `None` for what some parser might read differently: blanks, backslashes, control
    /// characters, too few or too many slashes, a user before a web host, and a web host that is not
    /// spelled as it ends up (`0x7f.1`, `ｅvil.com`, `a.example.`); case and the default port may be.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        if text.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\') {
            return None;
        }
        let (scheme, rest) = text.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        if !is_scheme(&scheme) || is_harmful_scheme(&scheme) {
            return None;
        }
        let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let url = Url::parse(text).ok()?;
        if scheme != "http" && scheme != "https" {
            let path = rest.split(['?', '#']).next().unwrap_or_default();
            return Some(Self::App { scheme, authority, path, url });
        }
        let host = url.host_str()?;
        let port = url.port_or_known_default()?;
        let stated = authority.to_ascii_lowercase();
        let is_plain = (stated == host && url.port().is_none())
            || stated.strip_prefix(host).is_some_and(|rest| rest == format!(":{port}"));
        let origin = url.origin().ascii_serialization();
        is_plain.then_some(Self::Web { origin, url })
    }

    /// Reads what a browser states of a page. No page chooses that spelling, and nobody is led there,
    /// so a web page is read as the URL standard reads it.
    pub(super) fn of_page(text: &'a str) -> Option<Self> {
        match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => {
                Some(Self::Web { origin: url.origin().ascii_serialization(), url })
            }
            _ => Self::parse(text),
        }
    }

    /// The origin of a web page.
    pub(super) fn origin(&self) -> Option<&str> {
        match self {
            Self::Web { origin, .. } => Some(origin),
            Self::App { .. } => None,
        }
    }

    /// All of it.
    pub(super) fn into_url(self) -> Url {
        match self {
            Self::Web { url, .. } | Self::App { url, .. } => url,
        }
    }
}

/// RFC 3986, section 3.1; in lower case.
pub(super) fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|c: char| c.is_ascii_lowercase())
        && scheme
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '+' | '-' | '.'))
}

pub(super) fn is_harmful_scheme(scheme: &str) -> bool {
    HARMFUL_SCHEMES.contains(&scheme)
}
