//! How an outcome proves that the test kit wrote it.
//!
//! The program that starts the tests gives a [`Key`] to the test kit, which keeps it where safe code
//! cannot read it. Whoever reads an outcome accepts it only with the seal that belongs to its
//! contents. The code under test can read outcomes, copy them and write others, but it cannot seal
//! them.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// What outcomes of one run are sealed with. Another run has another key.
#[derive(Clone)]
pub struct Key([u64; 2]);

/// What was given is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAKey;

impl Key {
    /// A key of 128 bits, which nobody must be able to guess.
    pub const fn new(halves: [u64; 2]) -> Self {
        Self(halves)
    }

    /// The seal of these contents: equal for equal contents, and unknown to whoever lacks the key.
    pub(crate) fn seal(&self, contents: impl Hash) -> String {
        #[expect(
            deprecated,
            reason = "SipHash-2-4 with a key of one's own: its successor in std takes none"
        )]
        let mut hasher = std::hash::SipHasher::new_with_keys(self.0[0], self.0[1]);
        contents.hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }
}

/// As 32 hexadecimal digits.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}{:016x}", self.0[0], self.0[1])
    }
}

/// Without the key: what is printed may be read by anyone.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

impl FromStr for Key {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let (first, second) = text.split_at_checked(16).ok_or(NotAKey)?;
        let half = |half: &str| {
            let digits = half.len() == 16 && half.bytes().all(|byte| byte.is_ascii_hexdigit());
            digits.then(|| u64::from_str_radix(half, 16).ok()).flatten().ok_or(NotAKey)
        };
        Ok(Self([half(first)?, half(second)?]))
    }
}

impl fmt::Display for NotAKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key is 32 hexadecimal digits")
    }
}

impl std::error::Error for NotAKey {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_being_told() {
        let key = Key::new([1, 0xfedc_ba98_7654_3210]);
        let told = key.to_string();
        assert_eq!(told, "0000000000000001fedcba9876543210");
        assert_eq!(told.parse::<Key>().map(|key| key.0), Ok(key.0));
        for wrong in ["", "1", "+000000000000001fedcba9876543210", &format!("{told}0")] {
            assert_eq!(wrong.parse::<Key>().map(|key| key.0), Err(NotAKey), "{wrong}");
        }
        assert_eq!(format!("{key:?}"), "Key", "it is not printed by accident");
    }

    #[test]
    fn a_seal_belongs_to_its_key_and_its_contents() {
        let (one, other) = (Key::new([1, 2]), Key::new([1, 3]));
        assert_eq!(one.seal("passed"), one.seal("passed"));
        assert_ne!(one.seal("passed"), one.seal("failed"));
        assert_ne!(one.seal("passed"), other.seal("passed"));
    }
}
