//! Identifiers of batches and sessions.

use core::fmt;
use core::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A UUID ([RFC 9562](https://www.rfc-editor.org/rfc/rfc9562)) of any version.
///
/// ```
/// use callscope_core::wire::Uuid;
///
/// let id: Uuid = "0197f3a4-5C00-7000-8000-00000000002a".parse().unwrap();
/// assert_eq!(id.to_string(), "0197f3a4-5c00-7000-8000-00000000002a");
/// assert_eq!(id.simple(), "0197f3a45c007000800000000000002a");
/// assert!("2a".parse::<Uuid>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid([u8; 16]);

/// What was to be a UUID is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoUuid;

impl Uuid {
    /// Of its bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Its digits without dashes.
    #[must_use]
    pub fn simple(&self) -> alloc::string::String {
        alloc::format!("{:032x}", u128::from_be_bytes(self.0))
    }
}

impl FromStr for Uuid {
    type Err = NoUuid;

    fn from_str(text: &str) -> Result<Self, NoUuid> {
        let bytes = text.as_bytes();
        if bytes.len() != 36 {
            return Err(NoUuid);
        }
        let mut number = 0_u128;
        for (place, &byte) in bytes.iter().enumerate() {
            if matches!(place, 8 | 13 | 18 | 23) {
                if byte != b'-' {
                    return Err(NoUuid);
                }
                continue;
            }
            let digit = char::from(byte).to_digit(16).ok_or(NoUuid)?;
            number = (number << 4) | u128::from(digit);
        }
        Ok(Self(number.to_be_bytes()))
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = u128::from_be_bytes(self.0);
        let part = |shift: u32, digits: u32| (number >> shift) & ((1 << (4 * digits)) - 1);
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            part(96, 8),
            part(80, 4),
            part(64, 4),
            part(48, 4),
            part(0, 12)
        )
    }
}

impl fmt::Display for NoUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a UUID such as 0197f3a4-5c00-7000-8000-00000000002a is expected")
    }
}

impl core::error::Error for NoUuid {}

impl Serialize for Uuid {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Uuid {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Uuid;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a UUID")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Uuid, E> {
                text.parse().map_err(E::custom)
            }
        }
        from.deserialize_str(Text)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Uuid {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        alloc::borrow::Cow::Borrowed("Uuid")
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "uuid" })
    }
}
