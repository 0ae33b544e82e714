//! Which hosts may be spoken to without TLS.

use url::Host;

use super::Mode;

/// How far that goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Nearby {
    /// This machine alone.
    #[default]
    Machine,
    /// A name without a dot as well: a network of containers gives such names, and nobody gives
    /// certificates for them.
    Network,
}

impl Nearby {
    /// A Lambda has no containers beside it: its names without a dot come from a search list, from
    /// anywhere.
    pub fn of(mode: Mode) -> Self {
        match mode {
            Mode::Lambda => Self::Machine,
            Mode::Development | Mode::Production => Self::Network,
        }
    }

    /// Whether a host is near: `localhost`, `127.0.0.0/8`, `::1`, and what the name says.
    pub fn includes(self, host: &Host<impl AsRef<str>>) -> bool {
        match host {
            Host::Domain(name) => {
                let name = name.as_ref();
                name.eq_ignore_ascii_case("localhost")
                    || self == Self::Network && !name.is_empty() && !name.contains('.')
            }
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn includes(nearby: Nearby, host: &str) -> bool {
        nearby.includes(&Host::parse(host).unwrap())
    }

    #[test]
    fn this_machine_is_near_everywhere() {
        for nearby in [Nearby::Machine, Nearby::Network] {
            for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "[::1]"] {
                assert!(includes(nearby, host), "{host}");
            }
        }
    }

    #[test]
    fn a_name_without_a_dot_is_near_outside_lambda() {
        for host in ["postgres", "mail_catcher", "db-1"] {
            for mode in [Mode::Development, Mode::Production] {
                assert!(includes(Nearby::of(mode), host), "{host}");
            }
            assert!(!includes(Nearby::of(Mode::Lambda), host), "{host}");
            assert!(!includes(Nearby::default(), host), "{host}");
        }
    }

    #[test]
    fn no_address_and_no_name_with_a_dot_is_one_of_the_network() {
        let hosts =
            ["db.example.com", "postgres.", "10.0.0.1", "167772161", "0xa000001", "[fd00::1]"];
        for host in hosts {
            assert!(!includes(Nearby::Network, host), "{host}");
        }
    }
}
