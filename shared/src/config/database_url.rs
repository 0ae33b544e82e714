//! The database's URL, and how far its server is trusted.

use std::str::FromStr;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use url::Host;

use super::{ConfigError, Nearby, Vars};
use crate::secret::Secret;

const DATABASE_CA: &str = "DATABASE_CA";
const AN_AUTHORITY: &str = "it has to be one or more certificates in PEM, each from \
                            -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----";

/// Amazon RDS's own authorities, a comment with the name before each (AWS, "Using SSL/TLS to encrypt a
/// connection to a DB instance or cluster"; regions that are younger need `DATABASE_CA`).
const RDS: &str = include_str!("../../certs/rds.pem");

/// How a database proves who it is, and which need not.
#[derive(Clone, Debug, Default)]
pub struct DatabaseTls {
    /// `DATABASE_CA`: an authority that the certificate may come from, beside the public ones.
    ca: Option<String>,
    exempt: Nearby,
}

impl DatabaseTls {
    pub(super) fn from_vars(vars: &Vars<'_>, exempt: Nearby) -> Result<Self, ConfigError> {
        // A line break is awkward to type in a parameter of a template.
        let Some(ca) = vars.get(DATABASE_CA).map(|text| text.replace("\\n", "\n")) else {
            return Ok(Self { ca: None, exempt });
        };
        let certificates: Result<Vec<_>, _> =
            CertificateDer::pem_slice_iter(ca.as_bytes()).collect();
        let malformed = || ConfigError::malformed(DATABASE_CA, AN_AUTHORITY);
        let certificates = certificates.map_err(|_| malformed())?;
        let mut roots = RootCertStore::empty();
        if certificates.is_empty() || certificates.into_iter().any(|one| roots.add(one).is_err()) {
            return Err(malformed());
        }
        Ok(Self { ca: Some(ca), exempt })
    }

    /// What the server's certificate may come from, beside the public authorities.
    fn authorities(&self, host: &str) -> String {
        let of_rds = region_of_rds(host).map(rds_authorities).unwrap_or_default();
        of_rds + self.ca.as_deref().unwrap_or_default()
    }
}

/// Reads `postgres://user:password@host/database`. `name` is the variable that an error names; the
/// URL itself, which holds a password, is never repeated.
///
/// The server has to prove who it is, whatever `sslmode` asks for less, unless it is near ([`Nearby`]) or
/// the URL says `sslmode=disable`.
pub fn database_options(
    name: &'static str,
    url: &Secret,
    tls: &DatabaseTls,
) -> Result<PgConnectOptions, ConfigError> {
    let malformed =
        || ConfigError::malformed(name, "it has to be postgres://user:password@host:port/database");
    let url = url.expose().trim();
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(malformed());
    }
    // PgBouncer takes no connection that sets this; what it is for has been the default since
    // PostgreSQL 12.
    let options =
        PgConnectOptions::from_str(url).map_err(|_| malformed())?.extra_float_digits(None);
    let options = match options.get_ssl_mode() {
        PgSslMode::Disable => options,
        PgSslMode::Allow | PgSslMode::Prefer if is_near(&options, tls.exempt) => options,
        // Without the name, any public certificate would do.
        _ => options.ssl_mode(PgSslMode::VerifyFull),
    };
    let authorities = tls.authorities(options.get_host());
    Ok(if authorities.is_empty() {
        options
    } else {
        options.ssl_root_cert_from_pem(authorities.into_bytes())
    })
}

fn is_near(options: &PgConnectOptions, nearby: Nearby) -> bool {
    let host = options.get_host();
    options.get_socket().is_some()
        || host.starts_with('/')
        || Host::parse(host).is_ok_and(|host| nearby.includes(&host))
}

/// `eu-central-1` of `name.id.eu-central-1.rds.amazonaws.com`.
fn region_of_rds(host: &str) -> Option<&str> {
    host.strip_suffix(".rds.amazonaws.com")?.rsplit('.').next()
}

fn rds_authorities(region: &str) -> String {
    let name = format!("# Amazon RDS {region} Root CA ");
    RDS.split_inclusive("\n\n").filter(|one| one.starts_with(&name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn options(url: &str) -> PgConnectOptions {
        database_options("DATABASE_URL", &Secret::new(url), &DatabaseTls::default()).unwrap()
    }

    fn tls(ca: &str) -> Result<DatabaseTls, ConfigError> {
        let var = |name: &str| (name == DATABASE_CA).then(|| ca.to_owned());
        DatabaseTls::from_vars(&Vars(&var), Nearby::Machine)
    }

    #[test]
    fn a_malformed_url_is_named_and_not_repeated() {
        for url in ["mysql://root:hunter2@host/db", "hunter2", "postgres://host:hunter2/db"] {
            let error =
                database_options("DATABASE_URL", &Secret::new(url), &DatabaseTls::default())
                    .unwrap_err()
                    .to_string();

            assert!(error.contains("DATABASE_URL") && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_server_elsewhere_has_to_prove_who_it_is() {
        for query in
            ["", "?sslmode=allow", "?sslmode=prefer", "?sslmode=require", "?sslmode=verify-ca"]
        {
            let options = options(&format!("postgres://u:p@db.example.com/d{query}"));

            assert!(matches!(options.get_ssl_mode(), PgSslMode::VerifyFull), "{query}");
        }
        let without = options("postgres://u:p@db.example.com/d?sslmode=disable");
        assert!(matches!(without.get_ssl_mode(), PgSslMode::Disable));
    }

    #[test]
    fn a_server_on_this_machine_need_not() {
        for host in ["localhost", "127.0.0.1", "[::1]", "%2Fvar%2Frun%2Fpostgresql"] {
            let options = options(&format!("postgres://u:p@{host}/d"));

            assert!(matches!(options.get_ssl_mode(), PgSslMode::Prefer), "{host}");
        }
        let options = options("postgres://u:p@localhost.example.com/d");
        assert!(matches!(options.get_ssl_mode(), PgSslMode::VerifyFull));
    }

    #[test]
    fn a_server_of_a_network_of_containers_need_not_outside_lambda() {
        let mode = |pairs: &[(&str, &str)], query: &str| {
            let var = |name: &str| {
                pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            };
            let tls = Config::from_vars(var).unwrap().database_tls;
            let url =
                Secret::new(format!("postgresql://postgres:postgres@postgres:5432/app{query}"));
            database_options("DATABASE_URL", &url, &tls).unwrap().get_ssl_mode()
        };

        assert!(matches!(mode(&[], ""), PgSslMode::Prefer));
        assert!(matches!(mode(&[("NODE_ENV", "production")], ""), PgSslMode::Prefer));
        assert!(matches!(mode(&[], "?sslmode=require"), PgSslMode::VerifyFull), "as it asks for");
        let lambda = [("AWS_LAMBDA_FUNCTION_NAME", "sign-in-email")];
        assert!(matches!(mode(&lambda, ""), PgSslMode::VerifyFull));
    }

    #[test]
    fn rds_is_trusted_by_its_own_authorities_of_the_region() {
        let tls = DatabaseTls::default();
        let authorities = |host: &str| {
            let pem = tls.authorities(host);
            let mut roots = RootCertStore::empty();
            for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                roots.add(certificate.unwrap()).unwrap();
            }
            (roots.len(), pem.matches("eu-central-1").count())
        };

        assert_eq!(authorities("auth.cluster-c1.eu-central-1.rds.amazonaws.com"), (3, 3));
        assert_eq!(authorities("auth.c1.us-east-1.rds.amazonaws.com"), (3, 0));
        for host in ["db.example.com", "rds.amazonaws.com", "eu-central-1.rds.amazonaws.com.evil"] {
            assert_eq!(authorities(host), (0, 0), "{host}");
        }
    }

    #[test]
    fn every_authority_of_rds_can_be_read() {
        let certificates: Vec<_> =
            CertificateDer::pem_slice_iter(RDS.as_bytes()).collect::<Result<_, _>>().unwrap();
        let mut roots = RootCertStore::empty();

        assert_eq!(roots.add_parsable_certificates(certificates), (RDS.matches("# ").count(), 0));
    }

    #[test]
    fn an_authority_of_ones_own_comes_on_top() {
        let pem = rds_authorities("us-east-1");

        let own = tls(&pem.replace('\n', "\\n")).unwrap();

        assert_eq!(own.authorities("db.example.com"), pem);
        let at_rds = own.authorities("auth.c1.eu-west-1.rds.amazonaws.com");
        assert_eq!(at_rds, rds_authorities("eu-west-1") + &pem);
        assert!(tls(" ").unwrap().ca.is_none(), "empty counts as unset");
    }

    #[test]
    fn an_authority_that_is_none_is_named() {
        for ca in [
            "hunter2",
            "-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----\naHVudGVyMg==\n-----END CERTIFICATE-----",
            "-----BEGIN PRIVATE KEY-----\naHVudGVyMg==\n-----END PRIVATE KEY-----",
        ] {
            let error = tls(ca).unwrap_err().to_string();

            assert!(error.contains("DATABASE_CA") && !error.contains("hunter2"), "{error}");
        }
    }
}
