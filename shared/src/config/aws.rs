//! What every client of AWS is built from.

use std::sync::OnceLock;

use aws_sdk_secretsmanager::config::{Credentials, Region, SharedHttpClient};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};

use super::{ConfigError, Vars};

/// Amazon Trust Services: the authorities that AWS's endpoints have their certificates from. Reading the
/// system's hundred and more takes longer than the rest of a cold start.
const AMAZON_TRUST_SERVICES: &str = include_str!("../../certs/amazon-trust-services.pem");

/// Whose clients call AWS, where, and over which HTTP client. All from the variables that Lambda sets
/// itself: the SDK's own configuration chain would look for profiles, instance metadata and SSO first,
/// which costs tens of milliseconds.
#[derive(Clone, Debug)]
pub struct Aws {
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`.
    pub credentials: Credentials,
    /// `AWS_REGION`.
    pub region: Region,
    /// One for all clients of AWS in the process.
    pub http: SharedHttpClient,
    /// `AWS_ENDPOINT_URL_<SERVICE>`, else `AWS_ENDPOINT_URL`; unset: AWS itself.
    pub endpoint: Option<String>,
}

impl Aws {
    /// For the service that the variable `endpoint` belongs to, as in `AWS_ENDPOINT_URL_SQS`.
    ///
    /// Errors: a variable that Lambda sets is missing.
    pub fn from_vars(
        var: impl Fn(&str) -> Option<String>,
        endpoint: &str,
    ) -> Result<Self, ConfigError> {
        let vars = Vars(&var);
        let set_by_lambda = |name| {
            let cure = "Lambda sets it; elsewhere set it as the AWS CLI has it";
            vars.get(name).ok_or_else(|| ConfigError::missing(name, cure))
        };
        let credentials = Credentials::new(
            set_by_lambda("AWS_ACCESS_KEY_ID")?,
            set_by_lambda("AWS_SECRET_ACCESS_KEY")?,
            vars.get("AWS_SESSION_TOKEN"),
            None,
            "environment",
        );
        let region = set_by_lambda("AWS_REGION")?;
        let endpoint = vars.get(endpoint).or_else(|| vars.get("AWS_ENDPOINT_URL"));
        let http = http(endpoint.as_deref(), &region);
        Ok(Self { credentials, region: Region::new(region), http, endpoint })
    }
}

fn http(endpoint: Option<&str>, region: &str) -> SharedHttpClient {
    static AMAZON: OnceLock<SharedHttpClient> = OnceLock::new();
    static OTHERS: OnceLock<SharedHttpClient> = OnceLock::new();
    match endpoint {
        Some(endpoint) if endpoint.starts_with("http://") => Builder::new().build_http(),
        None if is_amazons(region) => AMAZON
            .get_or_init(|| https(TrustStore::empty().with_pem_certificate(AMAZON_TRUST_SERVICES)))
            .clone(),
        _ => OTHERS.get_or_init(|| https(TrustStore::default())).clone(),
    }
}

fn https(trusted: TrustStore) -> SharedHttpClient {
    let context = TlsContext::builder().with_trust_store(trusted).build();
    Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(context.expect("it has certificates and no name"))
        .build_https()
}

/// Whether the region's endpoints have their certificates from Amazon's own authorities: China's and
/// the isolated ones' need not.
fn is_amazons(region: &str) -> bool {
    !["cn-", "eu-iso", "eusc-", "us-iso"].iter().any(|prefix| region.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use rustls::RootCertStore;
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;

    use super::*;

    #[test]
    fn amazons_authorities_can_be_read() {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(AMAZON_TRUST_SERVICES.as_bytes()) {
            roots.add(certificate.unwrap()).unwrap();
        }

        assert_eq!(roots.len(), 5);
        // They are among those that are trusted publicly.
        for root in &roots.roots {
            assert!(
                webpki_roots::TLS_SERVER_ROOTS.iter().any(|known| known.subject == root.subject
                    && known.subject_public_key_info == root.subject_public_key_info)
            );
        }
    }

    #[test]
    fn partitions_with_authorities_of_their_own_are_known() {
        for (region, is_amazon) in [
            ("eu-central-1", true),
            ("us-gov-west-1", true),
            ("cn-north-1", false),
            ("us-iso-east-1", false),
        ] {
            assert_eq!(is_amazons(region), is_amazon, "{region}");
        }
    }
}
