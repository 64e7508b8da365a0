//! Under which address other machines find this one.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};

/// An address of the network for documentation: nothing is sent to it. See RFC 5737.
const ELSEWHERE: (Ipv4Addr, u16) = (Ipv4Addr::new(192, 0, 2, 1), 9);

/// The address from which this machine would speak to others; loopback where there is no network.
pub fn of_this_machine() -> IpAddr {
    let asked = || {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
        // This chooses a way there, and sends nothing.
        socket.connect(ELSEWHERE).ok()?;
        Some(socket.local_addr().ok()?.ip())
    };
    asked().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
}
