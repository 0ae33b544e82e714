//! A mail server.

use std::borrow::Cow;
use std::error::Error as _;
use std::fmt;
use std::io::ErrorKind;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use percent_encoding::percent_decode_str;
use shared::config::{ConfigError, Nearby};
use shared::secret::Secret;
use time::OffsetDateTime;
use url::{Host, Url};

use super::Failure;
use crate::mail::Mail;
use crate::message::{message, sender};
use crate::roots;
use crate::template::Rendered;

const WANTED: &str = "it has to be smtp://user:password@host:587 or smtps://user:password@host:465, with \
                      what is special in user and password percent-encoded; ?tls=none is for this \
                      machine, and outside Lambda for a host without a dot in its name";
/// Of a command; the whole has a limit of its own.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Sends through a mail server, a connection a mail: they are few, and an instance that slept would
/// find a kept one dead.
pub struct Smtp {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Smtp(…)")
    }
}

/// What an `SMTP_URL` says.
struct Server {
    host: Host,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
}

enum Security {
    /// Plain, to a host that is near.
    None,
    /// STARTTLS, or nothing.
    Upgrade,
    /// TLS from the first byte.
    Implicit,
}

impl Smtp {
    /// From an `SMTP_URL`; `name` is the variable that an error names. `plain` are the hosts that may do
    /// without TLS, `trusted` certificates (DER) that are trusted beside the system's.
    ///
    /// Errors never repeat the URL.
    pub fn new(
        name: &'static str,
        url: &Secret,
        plain: Nearby,
        from: &str,
        trusted: &[Vec<u8>],
    ) -> Result<Self, ConfigError> {
        let malformed = || ConfigError::Malformed { name, problem: WANTED.into() };
        let server = Server::parse(url.expose(), plain).ok_or_else(malformed)?;
        let from = sender(from)?;
        // A URL has an IPv6 address in brackets, a connection has not.
        let host = match &server.host {
            Host::Ipv6(address) => address.to_string(),
            other => other.to_string(),
        };
        let tls = match server.security {
            Security::None => Tls::None,
            Security::Upgrade => Tls::Required(tls(&host, trusted).map_err(|_| malformed())?),
            Security::Implicit => Tls::Wrapper(tls(&host, trusted).map_err(|_| malformed())?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(server.port)
            .tls(tls)
            .timeout(Some(TIMEOUT))
            .hello_name(ClientId::Domain(from.email.domain().to_owned()));
        if let Some(credentials) = server.credentials {
            builder = builder.credentials(credentials);
        }
        Ok(Self { server: builder.build(), from })
    }

    pub(super) async fn send(
        &self,
        mail: &Mail,
        rendered: Rendered,
        now: OffsetDateTime,
    ) -> Result<(), Failure> {
        let message = message(mail, rendered, &self.from, now)?;
        self.server.send(message).await.map(drop).map_err(|error| failure(&error))
    }
}

impl Server {
    fn parse(text: &str, plain: Nearby) -> Option<Self> {
        let url = Url::parse(text.trim()).ok()?;
        // The scheme is not one that `Url` knows, so it leaves the host as it is written.
        let host = Host::parse(url.host_str()?).ok()?;
        let pairs: Vec<_> = url.query_pairs().collect();
        let tls = match pairs.as_slice() {
            [] => None,
            [(Cow::Borrowed("tls"), tls)] => Some(tls.as_ref()),
            _ => return None,
        };
        let (security, port) = match (url.scheme(), tls) {
            ("smtp", None | Some("required")) => (Security::Upgrade, 587),
            ("smtp", Some("none")) if plain.includes(&host) => (Security::None, 25),
            ("smtps", None | Some("required")) => (Security::Implicit, 465),
            _ => return None,
        };
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return None;
        }
        let decoded = |text| Some(percent_decode_str(text).decode_utf8().ok()?.into_owned());
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            (user, password) => {
                Some(Credentials::new(decoded(user)?, decoded(password.unwrap_or_default())?))
            }
        };
        Some(Self { host, port: url.port().unwrap_or(port), security, credentials })
    }
}

fn tls(host: &str, trusted: &[Vec<u8>]) -> Result<TlsParameters, lettre::transport::smtp::Error> {
    let system = roots::of_system();
    let store =
        if system.is_empty() { CertificateStore::WebpkiRoots } else { CertificateStore::None };
    let mut parameters = TlsParameters::builder(host.to_owned()).certificate_store(store);
    let certificates = system.iter().map(|certificate| certificate.as_ref().to_vec());
    for certificate in certificates.chain(trusted.iter().cloned()) {
        parameters = parameters.add_root_certificate(Certificate::from_der(certificate)?);
    }
    parameters.build_rustls()
}

/// What the server wrote stays out of it, but for its codes: some write URLs and addresses.
fn failure(error: &lettre::transport::smtp::Error) -> Failure {
    if let Some(code) = error.status() {
        let words = error.source().map(ToString::to_string).unwrap_or_default();
        let enhanced = words.split_whitespace().find_map(enhanced_code);
        let text = match enhanced {
            Some([class, subject, detail]) => {
                format!("the mail server refused: {code} {class}.{subject}.{detail}")
            }
            None => format!("the mail server refused: {code}"),
        };
        let code = code.to_string();
        return if error.is_permanent() && is_of_recipient(&code, enhanced) {
            Failure::Permanent(text)
        } else {
            Failure::Temporary(text)
        };
    }
    // What TLS refuses arrives as data that is not right.
    let is_tls = error.is_tls() || io_error(error) == Some(ErrorKind::InvalidData);
    let text = if is_tls {
        "no secure connection to the mail server: its certificate or its TLS is not right"
    } else if error.is_timeout() {
        "the mail server did not answer in time"
    } else if error.is_client() {
        "the mail server offers neither STARTTLS nor a way to sign in that is known here"
    } else if error.is_response() {
        "the mail server's answer is none"
    } else {
        "no connection to the mail server"
    };
    Failure::Temporary(text.into())
}

fn io_error(error: &lettre::transport::smtp::Error) -> Option<ErrorKind> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            return Some(error.kind());
        }
        cause = error.source();
    }
    None
}

/// `5.1.1` (RFC 3463).
fn enhanced_code(word: &str) -> Option<[u16; 3]> {
    let mut parts = word.split('.').map(str::parse);
    match (parts.next()?, parts.next()?, parts.next()?, parts.next()) {
        (Ok(class @ (4 | 5)), Ok(subject), Ok(detail), None) => Some([class, subject, detail]),
        _ => None,
    }
}

/// Whether a refusal is of this address. One of our sender, our password or our reputation is not:
/// the operator can heal it, and the mail can leave then.
fn is_of_recipient(code: &str, enhanced: Option<[u16; 3]>) -> bool {
    match enhanced {
        Some([5, 1, 7 | 8]) => false, // the sender's address
        Some([5, 1 | 2, _]) => true,
        Some(_) => false,
        None => matches!(code, "550" | "551" | "552" | "553" | "556"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smtp(url: &str, plain: Nearby) -> Result<Smtp, String> {
        Smtp::new("SMTP_URL", &Secret::new(url), plain, "App <a@example.com>", &[])
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_url_is_read() {
        let parse = |url| Server::parse(url, Nearby::Machine);
        let server = parse("smtp://ada%40example.com:p%2Fw@Mail.example.com").unwrap();

        assert_eq!((server.host.to_string().as_str(), server.port), ("mail.example.com", 587));
        assert!(matches!(server.security, Security::Upgrade));
        let expected = Credentials::new("ada@example.com".into(), "p/w".into());
        assert_eq!(server.credentials, Some(expected));
        let server = parse("smtps://mail.example.com").unwrap();
        assert!(matches!(server.security, Security::Implicit) && server.port == 465);
        assert!(smtp("smtp://u:p@127.0.0.1:1025?tls=none", Nearby::Machine).is_ok());
        assert!(smtp("smtp://u:p@[::1]:1025?tls=none", Nearby::Machine).is_ok());
    }

    #[test]
    fn a_mail_catcher_of_a_network_of_containers_needs_no_tls_where_the_url_says_so() {
        let catcher = "smtp://mailpit:1025?tls=none";

        let server = Server::parse(catcher, Nearby::Network).unwrap();

        assert!(matches!(server.security, Security::None) && server.port == 1025);
        assert!(smtp(catcher, Nearby::Machine).unwrap_err().contains("outside Lambda"));
        let unsaid = Server::parse("smtp://mailpit:1025", Nearby::Network).unwrap();
        assert!(matches!(unsaid.security, Security::Upgrade));
    }

    #[test]
    fn what_is_no_mail_server_is_refused_and_not_repeated() {
        for url in [
            "hunter2",
            "http://u:hunter2@host",
            "smtp://u:hunter2@mail.example.com?tls=none",
            "smtp://u:hunter2@10.0.0.1?tls=none",
            "smtp://u:hunter2@host?tls=opportunistic",
            "smtp://u:hunter2@host?ssl=1",
            "smtps://u:hunter2@localhost?tls=none",
            "smtp://u:hunter2@",
            "smtp://u:hunter2@host/path",
        ] {
            let error = smtp(url, Nearby::Network).unwrap_err();
            assert!(error.contains("SMTP_URL") && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn only_a_refusal_of_the_address_is_for_good() {
        for (code, words, is_final) in [
            ("550", "5.1.1 no such user", true),
            ("550", "no such user", true),
            ("552", "5.2.2 mailbox full", true),
            ("550", "5.7.1 you are on a list", false),
            ("550", "5.1.8 your sender is none", false),
            ("535", "5.7.8 wrong password", false),
            ("535", "wrong password", false),
            ("554", "no service for you", false),
        ] {
            let enhanced = words.split_whitespace().find_map(enhanced_code);
            assert_eq!(is_of_recipient(code, enhanced), is_final, "{code} {words}");
        }
    }
}
