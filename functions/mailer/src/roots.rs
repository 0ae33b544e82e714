//! Whom a TLS connection trusts: what the system trusts, else Mozilla's list.

use rustls::RootCertStore;
use rustls_native_certs::load_native_certs;

/// The system's certificates; none where it has no list.
pub fn of_system() -> Vec<rustls::pki_types::CertificateDer<'static>> {
    load_native_certs().certs
}

/// A client's side of TLS.
pub fn client_config() -> rustls::ClientConfig {
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(of_system());
    if added == 0 {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let provider = rustls::crypto::ring::default_provider();
    rustls::ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .expect("ring does TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth()
}
