//! Who is let in: keys, and on this machine without keys whoever asks from it.

use std::sync::{Arc, PoisonError, RwLock};

use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::config::Origins;
use crate::keys::{KeyKind, Keys, Shown};
use crate::model::AccountSid;
use crate::problem::Problem;

/// Keys as they are now, and who may come without.
#[derive(Debug)]
pub struct Access {
    keys: RwLock<Arc<Keys>>,
    is_loopback: bool,
    origins: Option<Origins>,
}

/// Somebody who was let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// Into that account.
    pub account: AccountSid,
    /// With the key of that sid; empty without keys.
    pub key: String,
}

impl Access {
    /// With those keys; `is_loopback` says that only this machine can ask.
    #[must_use]
    pub fn new(keys: Keys, is_loopback: bool, origins: Option<Origins>) -> Self {
        Self {
            keys: RwLock::new(Arc::new(keys)),
            is_loopback,
            origins,
        }
    }

    /// Takes the keys anew.
    pub fn replace(&self, keys: Keys) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }

    /// Whether nobody needs a key: there is none, and only this machine can ask.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.is_loopback && self.keys().is_empty()
    }

    /// Whether there are keys.
    #[must_use]
    pub fn has_keys(&self) -> bool {
        !self.keys().is_empty()
    }

    fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets in who shows a key of that kind.
    ///
    /// # Errors
    ///
    /// If the key is missing, unknown or for something else, or a page of another origin asks.
    pub fn enter(
        &self,
        headers: &HeaderMap,
        query_key: Option<&str>,
        kind: KeyKind,
    ) -> Result<Guest, Problem> {
        self.check_origin(headers)?;
        let keys = self.keys();
        if self.is_loopback && keys.is_empty() {
            check_host(headers)?;
            return Ok(Guest {
                account: AccountSid::local(),
                key: String::new(),
            });
        }
        let shown = shown(headers)
            .or_else(|| query_key.map(|key| Shown::Key(key.to_owned())))
            .ok_or_else(|| {
                unauthorized("a key is missing: show it as `Authorization: Bearer SK….…`")
            })?;
        let key = keys
            .find(&shown)
            .ok_or_else(|| unauthorized("the key is unknown, or was revoked"))?;
        if key.kind != kind {
            let message = match kind {
                KeyKind::Ingest => "this key may only read: an ingest key is needed",
                KeyKind::Read => "this key may only send: a read key is needed",
            };
            return Err(Problem::new(StatusCode::FORBIDDEN, "wrong_key", message));
        }
        Ok(Guest {
            account: key.account.clone(),
            key: key.sid.clone(),
        })
    }

    /// Whether pages of that origin may ask, of a server that calls itself `host`.
    #[must_use]
    pub fn admits(&self, origin: &str, host: Option<&str>) -> bool {
        let own = origin.split_once("://").map(|(_, authority)| authority);
        if own.is_some() && own == host {
            return true;
        }
        match &self.origins {
            Some(origins) => origins.has(origin),
            None => self.is_open() && own.is_some_and(is_this_machine),
        }
    }

    fn check_origin(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let Some(origin) = headers.get(header::ORIGIN) else {
            return Ok(());
        };
        let host = headers.get(header::HOST).and_then(|it| it.to_str().ok());
        if origin.to_str().is_ok_and(|it| self.admits(it, host)) {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::FORBIDDEN,
            "origin",
            "pages of this origin may not ask: add it to `cors_origins` of the collector",
        ))
    }
}

fn unauthorized(message: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", message)
}

fn shown(headers: &HeaderMap) -> Option<Shown> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, shown) = value.split_once(' ')?;
    let shown = shown.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(Shown::Key(shown.to_owned()));
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(shown).ok()?).ok()?;
    let (user, password) = pair.split_once(':')?;
    Some(Shown::Pair(user.to_owned(), password.to_owned()))
}

/// A page elsewhere can give its own name the address of this machine, and then is of the same origin as what it asks.
fn check_host(headers: &HeaderMap) -> Result<(), Problem> {
    let host = headers.get(header::HOST).and_then(|it| it.to_str().ok());
    if host.is_none_or(is_this_machine) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "host",
        "without keys only this machine is answered, under the name localhost: add a key with `callscope keys add`",
    ))
}

fn is_this_machine(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host.ends_with(".localhost")
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|it| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            let name = header::HeaderName::from_static(name);
            (name, value.parse().unwrap())
        });
        pairs.collect()
    }

    #[test]
    fn without_keys_only_this_machine_is_let_in() {
        let open = Access::new(Keys::default(), true, None);
        for (host, is_let_in) in [
            ("localhost:8080", true),
            ("127.0.0.1", true),
            ("[::1]:80", true),
            ("attacker.example", false),
            ("localhost.attacker.example:8080", false),
            ("10.0.0.1", false),
        ] {
            let entered = open.enter(&headers(&[("host", host)]), None, KeyKind::Read);
            assert_eq!(entered.is_ok(), is_let_in, "{host}");
        }
        let elsewhere = Access::new(Keys::default(), false, None);
        let problem = elsewhere
            .enter(&headers(&[]), None, KeyKind::Read)
            .unwrap_err();
        assert_eq!(problem.status, StatusCode::UNAUTHORIZED);
    }

    #[test]
    fn pages_of_other_origins_are_not() {
        let open = Access::new(Keys::default(), true, None);
        let listed = Access::new(
            Keys::default(),
            true,
            Some(vec!["https://a.example".to_owned()].into()),
        );
        for (origin, without_list, with_list) in [
            ("http://localhost:5173", true, false),
            ("http://127.0.0.1:8080", true, true),
            ("https://a.example", false, true),
            ("https://a.example.attacker.example", false, false),
            ("null", false, false),
        ] {
            let headers = headers(&[("host", "127.0.0.1:8080"), ("origin", origin)]);
            let entered = open.enter(&headers, None, KeyKind::Ingest);
            assert_eq!(entered.is_ok(), without_list, "{origin}");
            let entered = listed.enter(&headers, None, KeyKind::Ingest);
            assert_eq!(entered.is_ok(), with_list, "{origin}");
        }
    }
}
