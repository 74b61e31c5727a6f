//! The tenant.

use std::fmt;
use std::str::FromStr;

/// The sid of an account: `AC` and 32 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountSid(String);

/// What was to be the sid of an account is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAccountSid;

impl AccountSid {
    /// The account of a collector without keys.
    #[must_use]
    pub fn local() -> Self {
        Self(format!("AC{:032x}", 0))
    }

    /// The sid.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The sid, if a key names it: without keys there is one account for all, which Twilio never gave anybody.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        (*self != Self::local()).then_some(self.as_str())
    }
}

impl FromStr for AccountSid {
    type Err = NoAccountSid;

    fn from_str(text: &str) -> Result<Self, NoAccountSid> {
        let digits = text.strip_prefix("AC").ok_or(NoAccountSid)?;
        if digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoAccountSid)
        }
    }
}

impl fmt::Display for AccountSid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for NoAccountSid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the sid of an account is AC and 32 hexadecimal digits")
    }
}

impl std::error::Error for NoAccountSid {}
