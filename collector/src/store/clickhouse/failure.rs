//! What goes wrong, in sentences that hold nothing of what was sent: statements and values stand in ClickHouse's own messages.

use std::fmt;

use clickhouse::error::Error;

use super::address::Address;
use crate::store::StoreError;

/// ClickHouse's numbers for having too much to do: timeouts, memory, queries and parts at a time, replicas that lag.
const OVERLOADED: [u32; 9] = [159, 202, 209, 210, 241, 242, 252, 285, 319];

const AUTHENTICATION_FAILED: u32 = 516;

/// What ClickHouse, or the way to it, does not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// Nobody answers there.
    Unreachable { at: String, why: String },
    /// It did not answer in time.
    Late { at: String },
    /// It refuses who asks.
    User { at: String },
    /// It has too much to do.
    Overloaded,
    /// It refuses what is asked: its number and its word for why.
    Refused { code: u32, word: String },
    /// What it answers is not what was asked for.
    Strange(String),
}

impl Failure {
    pub(super) fn of(error: &Error, at: &Address) -> Self {
        let at = at.to_string();
        match error {
            Error::Network(cause) => Self::Unreachable {
                at,
                why: innermost(cause.as_ref()),
            },
            Error::TimedOut => Self::Late { at },
            Error::BadResponse(text) => Self::said(text, at),
            other => Self::Strange(other.to_string()),
        }
    }

    fn said(text: &str, at: String) -> Self {
        let code = text.split_once("Code: ").map(|(_, rest)| rest);
        let code = code.and_then(|it| it.split(|it: char| !it.is_ascii_digit()).next());
        match code.and_then(|it| it.parse().ok()) {
            Some(AUTHENTICATION_FAILED) => Self::User { at },
            Some(code) if OVERLOADED.contains(&code) => Self::Overloaded,
            Some(code) => Self::Refused {
                code,
                word: word(text).to_owned(),
            },
            None => {
                Self::Strange("it is no ClickHouse that answers, or a proxy before it".to_owned())
            }
        }
    }

    /// Whether another batch would have been taken.
    pub(super) const fn is_of_the_batch(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Strange(_))
    }
}

/// `(UNKNOWN_TABLE)`, the last such word.
fn word(text: &str) -> &str {
    let is_word = |it: &&str| {
        !it.is_empty()
            && it
                .bytes()
                .all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == b'_')
    };
    text.split(['(', ')']).rfind(is_word).unwrap_or("no word")
}

fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable { at, why } => write!(
                f,
                "no ClickHouse answers at {at}: {why}; start it, or correct the store's address"
            ),
            Self::Late { at } => write!(f, "ClickHouse at {at} did not answer in time"),
            Self::User { at } => write!(
                f,
                "ClickHouse at {at} refuses the user or the password of the store's address"
            ),
            Self::Overloaded => f.write_str("ClickHouse has too much to do"),
            Self::Refused { code, word } => {
                write!(f, "ClickHouse refused it with code {code} ({word})")
            }
            Self::Strange(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Failure {}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Overloaded => Self::Busy,
            failure => Self::Database(Box::new(failure)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Failure {
        let address = "clickhouse://u:hidden@db/x".parse().unwrap();
        Failure::of(&Error::BadResponse(text.to_owned()), &address)
    }

    #[test]
    fn what_was_asked_is_not_told_again() {
        let failure = of(
            "Code: 27. DB::Exception: Cannot parse input: expected 1 at 'alice@example.com (X)'. (CANNOT_PARSE_INPUT_ASSERTION_FAILED) (version 26.9)",
        );
        assert_eq!(
            failure.to_string(),
            "ClickHouse refused it with code 27 (CANNOT_PARSE_INPUT_ASSERTION_FAILED)"
        );
        assert!(failure.is_of_the_batch());
    }

    #[test]
    fn too_much_to_do_is_busy() {
        let failure = of(
            "Code: 252. DB::Exception: Too many parts (3000). Merges are processing significantly slower. (TOO_MANY_PARTS)",
        );
        assert!(!failure.is_of_the_batch());
        assert!(matches!(StoreError::from(failure), StoreError::Busy));
    }

    #[test]
    fn a_wrong_password_is_named_as_such_and_not_shown() {
        let failure = of(
            "Code: 516. DB::Exception: u: Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)",
        );
        assert!(
            failure.to_string().contains("the user or the password"),
            "{failure}"
        );
        assert!(!failure.to_string().contains("hidden"));
        assert_eq!(
            of("<html>502</html>"),
            Failure::Strange("it is no ClickHouse that answers, or a proxy before it".to_owned())
        );
    }
}
