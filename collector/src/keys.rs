//! Keys: who may write into an account, and who may read it.
//!
//! A key is a sid and a secret, `SK….secret`. Of the secret only a hash is kept; it has 256 random bits, so that no slow hash is
//! needed to keep it from being guessed.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::model::AccountSid;

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum KeyKind {
    /// It may only write. It may be public, as in a page.
    Ingest,
    /// It may only read.
    Read,
}

impl KeyKind {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Read => "read",
        }
    }
}

/// What was to be a kind of key is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoKeyKind;

impl FromStr for KeyKind {
    type Err = NoKeyKind;

    fn from_str(text: &str) -> Result<Self, NoKeyKind> {
        match text {
            "ingest" => Ok(Self::Ingest),
            "read" => Ok(Self::Read),
            _ => Err(NoKeyKind),
        }
    }
}

impl fmt::Display for NoKeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key is for ingest or to read")
    }
}

impl std::error::Error for NoKeyKind {}

/// A key as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// Its sid.
    pub sid: String,
    /// The account that it is of.
    pub account: AccountSid,
    /// What it is for.
    pub kind: KeyKind,
    /// What people call it.
    pub name: String,
    /// The hash of its secret.
    pub hash: [u8; 32],
    /// When it was made.
    pub created_at: i64,
}

impl fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredKey")
            .field("sid", &self.sid)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl StoredKey {
    /// Makes a key. The second value is the key itself, which nobody can tell again.
    ///
    /// # Errors
    ///
    /// If the system gives no randomness.
    pub fn new(
        account: AccountSid,
        kind: KeyKind,
        name: String,
    ) -> Result<(Self, String), getrandom::Error> {
        let mut random = [0; 48];
        getrandom::fill(&mut random)?;
        let (id, secret) = random.split_at(16);
        let digits: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        let sid = format!("SK{digits}");
        let secret = URL_SAFE_NO_PAD.encode(secret);
        let key = format!("{sid}.{secret}");
        let created_at = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .ok()
            .and_then(|time| i64::try_from(time.as_millis()).ok())
            .unwrap_or_default();
        let stored = Self {
            sid,
            account,
            kind,
            name,
            hash: hash(&secret),
            created_at,
        };
        Ok((stored, key))
    }

    fn is(&self, secret: &[u8; 32]) -> bool {
        self.hash.ct_eq(secret).into()
    }
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// What somebody shows to be let in.
#[derive(Clone, PartialEq, Eq)]
pub enum Shown {
    /// `SK….secret`.
    Key(String),
    /// A user, which is the sid of a key or of an account, and a password.
    Pair(String, String),
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shown(…)")
    }
}

/// The keys that there are.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    by_sid: HashMap<String, StoredKey>,
}

impl Keys {
    /// Of what is kept.
    #[must_use]
    pub fn new(keys: Vec<StoredKey>) -> Self {
        let by_sid = keys.into_iter().map(|key| (key.sid.clone(), key));
        Self {
            by_sid: by_sid.collect(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_sid.is_empty()
    }

    /// The key that is shown, if it is one.
    #[must_use]
    pub fn find(&self, shown: &Shown) -> Option<&StoredKey> {
        match shown {
            Shown::Key(key) => {
                let (sid, secret) = key.split_once('.')?;
                self.of_sid(sid, secret)
            }
            Shown::Pair(user, password) => {
                let secret = password.rsplit('.').next().unwrap_or(password);
                if user.starts_with("AC") {
                    self.of_account(user, secret)
                } else {
                    self.of_sid(user, secret)
                }
            }
        }
    }

    fn of_sid(&self, sid: &str, secret: &str) -> Option<&StoredKey> {
        let key = self.by_sid.get(sid)?;
        key.is(&hash(secret)).then_some(key)
    }

    /// Twilio's clients show the account's sid and its token: any of its keys is one.
    fn of_account(&self, account: &str, secret: &str) -> Option<&StoredKey> {
        let hash = hash(secret);
        let mut of_account: Vec<&StoredKey> = self
            .by_sid
            .values()
            .filter(|key| key.account.as_str() == account)
            .collect();
        of_account.sort_by(|one, other| one.sid.cmp(&other.sid));
        of_account.into_iter().find(|key| key.is(&hash))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(kind: KeyKind) -> (StoredKey, String) {
        StoredKey::new(AccountSid::local(), kind, "test".to_owned()).unwrap()
    }

    #[test]
    fn a_key_is_found_in_each_way_it_can_be_shown() {
        let (stored, key) = made(KeyKind::Read);
        let secret = key.split_once('.').unwrap().1.to_owned();
        let keys = Keys::new(vec![stored.clone(), made(KeyKind::Ingest).0]);
        let account = stored.account.to_string();
        for shown in [
            Shown::Key(key.clone()),
            Shown::Pair(stored.sid.clone(), secret.clone()),
            Shown::Pair(stored.sid.clone(), key.clone()),
            Shown::Pair(account, secret),
        ] {
            assert_eq!(keys.find(&shown), Some(&stored));
        }
    }

    #[test]
    fn nothing_else_is() {
        let (stored, key) = made(KeyKind::Read);
        let (_, other) = made(KeyKind::Read);
        let secret = other.split_once('.').unwrap().1.to_owned();
        let keys = Keys::new(vec![stored.clone()]);
        for shown in [
            Shown::Key(other.clone()),
            Shown::Key(stored.sid.clone()),
            Shown::Key(format!("{}.", stored.sid)),
            Shown::Key(key[..key.len() - 1].to_owned()),
            Shown::Key(String::new()),
            Shown::Pair(stored.sid.clone(), secret.clone()),
            Shown::Pair(stored.account.to_string(), secret),
            Shown::Pair(String::new(), key),
        ] {
            assert_eq!(keys.find(&shown), None);
        }
    }

    #[test]
    fn neither_hash_nor_secret_is_shown_by_debug() {
        let (stored, key) = made(KeyKind::Ingest);
        let text = format!("{stored:?} {:?}", Shown::Key(key.clone()));
        assert!(!text.contains("hash") && !text.contains(key.split_once('.').unwrap().1));
    }
}
