//! Keys.

use callscope_collector::keys::{KeyKind, StoredKey};
use callscope_contract::account;

use crate::Shared;

pub(crate) async fn are_kept_until_they_are_revoked(store: Shared) {
    assert!(store.keys().await.unwrap().is_empty());
    let (ingest, _) = StoredKey::new(account('a'), KeyKind::Ingest, "the app".to_owned()).unwrap();
    let (read, _) = StoredKey::new(account('b'), KeyKind::Read, String::new()).unwrap();
    store.add_key(ingest.clone()).await.unwrap();
    store.add_key(read.clone()).await.unwrap();
    assert!(store.add_key(read.clone()).await.is_err());
    let mut keys = store.keys().await.unwrap();
    keys.sort_by_key(|key| key.kind.name());
    assert_eq!(keys, [ingest.clone(), read.clone()]);
    assert!(store.revoke_key(&ingest.sid).await.unwrap());
    assert!(!store.revoke_key(&ingest.sid).await.unwrap());
    assert_eq!(store.keys().await.unwrap(), [read]);
    store.check().await.unwrap();
}
