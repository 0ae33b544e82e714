//! The address that a client is known by. core.md §18.4.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

use super::latin1;
use crate::config::{ConfigError, Vars};

/// The address at the other end of the transport: API Gateway's `sourceIp` or the socket's peer.
/// Never a header: anyone can write those.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientIp(pub IpAddr);

/// Whose address a request counts for, and in which form it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressRules {
    /// `IP_ADDRESS_HEADERS`: where proxies name the client; the first that yields an address counts.
    headers: Vec<HeaderName>,
    /// `TRUSTED_PROXIES`: who may name another client. Nobody by default: then no header is read.
    trusted_proxies: Vec<IpNet>,
    /// `DISABLE_IP_TRACKING`: no address is kept, and none is limited.
    is_tracking_disabled: bool,
    /// `IPV6_SUBNET`: the leading bits of an IPv6 address that make one client.
    ipv6_subnet: u32,
}

impl AddressRules {
    pub(crate) fn from_vars(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        let headers = vars.get("IP_ADDRESS_HEADERS");
        let tracking = vars.parse("DISABLE_IP_TRACKING", "true or false", |text| match text {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        })?;
        Ok(Self {
            headers: entries(headers.as_deref().unwrap_or("x-forwarded-for"))
                .map(header)
                .collect::<Result<_, _>>()?,
            trusted_proxies: entries(&vars.get("TRUSTED_PROXIES").unwrap_or_default())
                .map(proxy)
                .collect::<Result<_, _>>()?,
            is_tracking_disabled: tracking.unwrap_or(false),
            ipv6_subnet: vars.number("IPV6_SUBNET", 32..=128, 64)?,
        })
    }

    /// The client's address as it is stored and counted: IPv4 plain, also when mapped into IPv6; IPv6
    /// as eight groups of four digits, cut to the subnet, which is one customer's. Empty when unknown.
    pub fn of_request(&self, peer: Option<ClientIp>, headers: &HeaderMap) -> String {
        if self.is_tracking_disabled {
            return String::new();
        }
        let address = peer.and_then(|ClientIp(peer)| self.client(peer.to_canonical(), headers));
        address.map(|address| self.stored(address)).unwrap_or_default()
    }

    /// The peer itself, unless it is a trusted proxy: then whom its headers name. Where they name
    /// nobody the client is unknown: the proxy's own address would stand for the whole world.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
        if !self.trusts(peer) {
            return Some(peer);
        }
        self.headers.iter().find_map(|name| self.named_in(headers, name))
    }

    /// Walks a list from the right, where the nearest proxy writes: the first that is no proxy of ours
    /// is the client, and what stands left of it is hearsay. What is no address ends the walk.
    fn named_in(&self, headers: &HeaderMap, name: &HeaderName) -> Option<IpAddr> {
        // Read as Latin-1: a byte of the client's own must not take away what the proxy wrote behind it.
        let lines: Vec<_> =
            headers.get_all(name).iter().map(|line| latin1(line.as_bytes())).collect();
        for entry in lines.join(",").rsplit(',') {
            let address = entry.trim().parse::<IpAddr>().ok()?.to_canonical();
            if !self.trusts(address) {
                return Some(address);
            }
        }
        None
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|network| network.contains(&address))
    }

    fn stored(&self, address: IpAddr) -> String {
        match address {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let mask = u128::MAX << (128 - self.ipv6_subnet);
                let network = Ipv6Addr::from_bits(address.to_bits() & mask);
                network.segments().map(|group| format!("{group:04x}")).join(":")
            }
        }
    }
}

fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|entry| !entry.is_empty())
}

fn header(name: &str) -> Result<HeaderName, ConfigError> {
    HeaderName::try_from(name).map_err(|_| {
        ConfigError::malformed("IP_ADDRESS_HEADERS", format!("`{name}` is no name of a header"))
    })
}

/// An address or a network in CIDR notation.
fn proxy(entry: &str) -> Result<IpNet, ConfigError> {
    let malformed =
        |problem: String| ConfigError::malformed("TRUSTED_PROXIES", format!("`{entry}` {problem}"));
    let network = entry
        .parse::<IpNet>()
        .or_else(|_| entry.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical())))
        .map_err(|_| malformed("is no address and no network, like 10.0.0.0/8".into()))?;
    if network.prefix_len() == 0 {
        return Err(malformed(
            "is everybody: anyone could write an address into a header and pass for it".into(),
        ));
    }
    if matches!(network.network(), IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some()) {
        return Err(malformed("is IPv4 in IPv6: write it as IPv4".into()));
    }
    Ok(network.trunc())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn rules(pairs: &[(&str, &str)]) -> Result<AddressRules, ConfigError> {
        let var = |name: &str| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        AddressRules::from_vars(&Vars(&var))
    }

    fn address(settings: &[(&str, &str)], peer: &str, headers: &[(&'static str, &str)]) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let peer = peer.parse().ok().map(ClientIp);
        rules(settings).unwrap().of_request(peer, &map)
    }

    #[test]
    fn addresses_are_stored_as_better_auth_stores_them() {
        for (peer, subnet, expected) in [
            ("203.0.113.5", "64", "203.0.113.5"),
            ("::ffff:203.0.113.5", "64", "203.0.113.5"),
            ("2001:db8::1", "64", "2001:0db8:0000:0000:0000:0000:0000:0000"),
            ("2001:db8:1:2:3:4:5:6", "64", "2001:0db8:0001:0002:0000:0000:0000:0000"),
            ("2001:db8:1:2:3:4:5:6", "48", "2001:0db8:0001:0000:0000:0000:0000:0000"),
            ("2001:db8:1:2:3:4:5:6", "128", "2001:0db8:0001:0002:0003:0004:0005:0006"),
            ("2001:db8:1:23ff::6", "56", "2001:0db8:0001:2300:0000:0000:0000:0000"),
            ("unknown", "64", ""),
        ] {
            assert_eq!(address(&[("IPV6_SUBNET", subnet)], peer, &[]), expected);
        }
    }

    #[test]
    fn without_trusted_proxies_no_header_is_read() {
        let spoofed = [("x-forwarded-for", "203.0.113.9")];

        assert_eq!(address(&[], "198.51.100.1", &spoofed), "198.51.100.1");
        assert_eq!(address(&[], "127.0.0.1", &spoofed), "127.0.0.1");
        assert_eq!(address(&[], "", &spoofed), "");
        assert_eq!(
            address(&[("IP_ADDRESS_HEADERS", "x-real-ip")], "::1", &[("x-real-ip", "192.0.2.1")]),
            "0000:0000:0000:0000:0000:0000:0000:0000"
        );
    }

    #[test]
    fn a_trusted_proxy_names_the_client_and_a_stranger_does_not() {
        let trusting = [("TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1, 2001:db8::/32")];
        for (peer, header, expected) in [
            ("198.51.100.1", "203.0.113.9", "198.51.100.1"),
            ("10.1.2.3", "203.0.113.9", "203.0.113.9"),
            ("::ffff:10.1.2.3", "::ffff:203.0.113.9", "203.0.113.9"),
            ("10.1.2.3", "1.2.3.4, 203.0.113.9", "203.0.113.9"),
            ("10.1.2.3", "1.2.3.4, 203.0.113.9, 10.9.9.9,192.0.2.1", "203.0.113.9"),
            ("10.1.2.3", "1.2.3.4, 203.0.113.9, 2001:db8::7", "203.0.113.9"),
            ("2001:db8::1", "2001:db9::1", "2001:0db9:0000:0000:0000:0000:0000:0000"),
            // Whom the proxy does not name is unknown, and is not the proxy.
            ("10.1.2.3", "", ""),
            ("10.1.2.3", "unknown", ""),
            ("10.1.2.3", "203.0.113.9, unknown", ""),
            ("10.1.2.3", "203.0.113.9,", ""),
            ("10.1.2.3", "203.0.113.9,,10.0.0.1", ""),
            ("10.1.2.3", "203.0.113.9:4711", ""),
            ("10.1.2.3", "[2001:db9::1]", ""),
            ("10.1.2.3", "0313.0.0161.9", ""),
            ("10.1.2.3", "10.0.0.1", ""),
            ("10.1.2.3", "\u{fc}", ""),
            ("10.1.2.3", "\u{fc}, 203.0.113.9", "203.0.113.9"),
        ] {
            let headers = [("x-forwarded-for", header)];
            assert_eq!(address(&trusting, peer, &headers), expected, "{peer} {header}");
        }
        assert_eq!(address(&trusting, "10.1.2.3", &[]), "");
    }

    #[test]
    fn lines_of_one_header_are_one_list_and_the_first_header_that_yields_counts() {
        let settings = [
            ("TRUSTED_PROXIES", "10.0.0.1"),
            ("IP_ADDRESS_HEADERS", "cf-connecting-ip, X-Forwarded-For"),
        ];
        let lines = [("x-forwarded-for", "1.2.3.4"), ("x-forwarded-for", "203.0.113.9")];
        assert_eq!(address(&settings, "10.0.0.1", &lines), "203.0.113.9");

        let both = [("cf-connecting-ip", "203.0.113.7"), ("x-forwarded-for", "203.0.113.9")];
        assert_eq!(address(&settings, "10.0.0.1", &both), "203.0.113.7");
        let odd = [("cf-connecting-ip", "?"), ("x-forwarded-for", "203.0.113.9")];
        assert_eq!(address(&settings, "10.0.0.1", &odd), "203.0.113.9");
    }

    #[test]
    fn without_tracking_nobody_has_an_address() {
        assert_eq!(address(&[("DISABLE_IP_TRACKING", "true")], "203.0.113.5", &[]), "");
    }

    #[test]
    fn what_is_malformed_is_named_with_its_cure() {
        for (name, value, cure) in [
            ("TRUSTED_PROXIES", "10.0.0.0/33", "like 10.0.0.0/8"),
            ("TRUSTED_PROXIES", "proxy.example.com", "like 10.0.0.0/8"),
            ("TRUSTED_PROXIES", "10.0.0.1,0.0.0.0/0", "everybody"),
            ("TRUSTED_PROXIES", "::/0", "everybody"),
            ("TRUSTED_PROXIES", "::ffff:10.0.0.0/104", "write it as IPv4"),
            ("IP_ADDRESS_HEADERS", "x forwarded", "no name of a header"),
            ("IPV6_SUBNET", "0", "a whole number from 32 to 128"),
            ("DISABLE_IP_TRACKING", "yes", "true or false"),
        ] {
            let message = rules(&[(name, value)]).unwrap_err().to_string();
            assert!(message.contains(name) && message.contains(cure), "{message}");
        }
    }
}
