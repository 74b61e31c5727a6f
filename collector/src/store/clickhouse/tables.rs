//! What the tables are. `docs/adr/008-clickhouse.md` says what for.

/// Who has what of a table in a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spread {
    /// A part of it each shard, by the room that a batch names.
    ByRoom,
    /// All of it everybody.
    Everywhere,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static str,
    pub(super) engine: &'static str,
    /// What follows the engine.
    pub(super) rest: &'static str,
    pub(super) spread: Spread,
    /// What it takes of `incoming`.
    pub(super) view: Option<&'static str>,
    /// For how long it is kept, if it is no configuration.
    pub(super) age: Option<Age>,
}

/// What the age of a table's rows is counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    Rooms,
    RollUps,
}

/// What collectors insert. It keeps nothing: the views take from each block what the tables keep.
const INCOMING: &str = "
    account String, session FixedString(16), batch FixedString(16), seq UInt32,
    started_at Int64, last_at Int64, ended_at Nullable(Int64),
    room_sid Nullable(String), room_name Nullable(String), room_type UInt64,
    participant_sid Nullable(String), identity Nullable(String), client Nullable(String),
    tags Nullable(String), issues UInt64, standing Map(String, Int64),
    tracks Array(String), codecs Array(String), codec_bits UInt8, recording Array(Int64), marks Array(String),
    room_key FixedString(21), participant_key FixedString(21), segments Nullable(String),
    words Array(String), intervals String, events String, summary String";

pub(super) const TABLES: [Table; 13] = [
    Table {
        name: "incoming",
        columns: INCOMING,
        engine: "Null",
        rest: "",
        spread: Spread::ByRoom,
        view: None,
        age: None,
    },
    // What a batch holds, as it was packed. A repeated batch is the same row; of two that differ the greater version stands.
    Table {
        name: "batch",
        columns: "
    account String CODEC(ZSTD), session FixedString(16) CODEC(ZSTD), seq UInt32 CODEC(Delta, ZSTD), batch FixedString(16) CODEC(ZSTD),
    started_at Int64 CODEC(Delta, ZSTD), last_at Int64 CODEC(Delta, ZSTD), room_type UInt64 CODEC(T64, ZSTD),
    intervals String CODEC(ZSTD(3)), events String CODEC(ZSTD(3)), summary String CODEC(ZSTD(3)), version UInt64 CODEC(ZSTD)",
        engine: "ReplacingMergeTree(version)",
        rest: "PARTITION BY toYYYYMMDD(fromUnixTimestamp64Milli(started_at, 'UTC')) ORDER BY (account, session, seq, batch)
    SETTINGS index_granularity = 1024",
        spread: Spread::ByRoom,
        view: Some("SELECT account, session, seq, batch, started_at, last_at, room_type, intervals, events, summary,
    cityHash64(intervals, events, summary) AS version"),
        age: Some(Age::Rooms),
    },
    // What is known of a session: minima, maxima and unions, so that it does not matter what is merged when, or how often.
    Table {
        name: "session",
        columns: "
    account String CODEC(ZSTD), session FixedString(16) CODEC(ZSTD), seq SimpleAggregateFunction(max, UInt32),
    started_at SimpleAggregateFunction(min, Int64) CODEC(T64, ZSTD), last_at SimpleAggregateFunction(max, Int64) CODEC(T64, ZSTD),
    ended_at SimpleAggregateFunction(max, Nullable(Int64)) CODEC(T64, ZSTD),
    room_sid SimpleAggregateFunction(min, Nullable(String)) CODEC(ZSTD), room_name SimpleAggregateFunction(min, Nullable(String)) CODEC(ZSTD),
    room_type SimpleAggregateFunction(min, UInt64) CODEC(T64, ZSTD),
    participant_sid SimpleAggregateFunction(min, Nullable(String)) CODEC(ZSTD),
    identity SimpleAggregateFunction(min, Nullable(String)) CODEC(ZSTD), client SimpleAggregateFunction(min, Nullable(String)) CODEC(ZSTD),
    tags SimpleAggregateFunction(max, Nullable(String)) CODEC(ZSTD), issues SimpleAggregateFunction(max, UInt64) CODEC(T64, ZSTD),
    standing SimpleAggregateFunction(maxMap, Map(String, Int64)) CODEC(ZSTD),
    tracks SimpleAggregateFunction(groupUniqArrayArray, Array(String)) CODEC(ZSTD),
    codecs SimpleAggregateFunction(groupUniqArrayArray, Array(String)) CODEC(ZSTD), codec_bits SimpleAggregateFunction(groupBitOr, UInt8),
    recording SimpleAggregateFunction(groupUniqArrayArray, Array(Int64)) CODEC(ZSTD),
    marks SimpleAggregateFunction(groupUniqArrayArray, Array(String)) CODEC(ZSTD)",
        engine: "AggregatingMergeTree",
        rest: "PARTITION BY toYYYYMMDD(fromUnixTimestamp64Milli(started_at, 'UTC')) ORDER BY (account, session)
    SETTINGS index_granularity = 1024",
        spread: Spread::ByRoom,
        view: Some("SELECT account, session, seq, started_at, last_at, ended_at, room_sid, room_name, room_type, participant_sid, identity, client,
    tags, issues, standing, tracks, codecs, codec_bits, recording, marks"),
        age: Some(Age::Rooms),
    },
    // Which sessions may be of a room with that sid or name: the session itself says whether it is.
    Table {
        name: "found",
        columns: "
    account String CODEC(ZSTD), word String CODEC(ZSTD), session FixedString(16) CODEC(ZSTD),
    started_at SimpleAggregateFunction(min, Int64) CODEC(T64, ZSTD), last_at SimpleAggregateFunction(max, Int64) CODEC(T64, ZSTD),
    room_type SimpleAggregateFunction(min, UInt64) CODEC(T64, ZSTD)",
        engine: "AggregatingMergeTree",
        rest: "PARTITION BY toYYYYMMDD(fromUnixTimestamp64Milli(started_at, 'UTC')) ORDER BY (account, word, session)
    SETTINGS index_granularity = 1024",
        spread: Spread::ByRoom,
        view: Some("SELECT account, arrayJoin(words) AS word, session, started_at, last_at, room_type"),
        age: Some(Age::Rooms),
    },
    // What the dashboard is counted from, which outlives the rooms: no name, no identity, and hashes in place of sids.
    Table {
        name: "presence",
        columns: "
    account String CODEC(ZSTD), session FixedString(16) CODEC(ZSTD),
    started_at SimpleAggregateFunction(min, Int64) CODEC(T64, ZSTD), last_at SimpleAggregateFunction(max, Int64) CODEC(T64, ZSTD),
    ended_at SimpleAggregateFunction(max, Nullable(Int64)) CODEC(T64, ZSTD),
    room SimpleAggregateFunction(min, FixedString(21)) CODEC(ZSTD), participant SimpleAggregateFunction(min, FixedString(21)) CODEC(ZSTD),
    room_type SimpleAggregateFunction(min, UInt64) CODEC(T64, ZSTD), segments SimpleAggregateFunction(min, Nullable(String)) CODEC(ZSTD),
    issues SimpleAggregateFunction(max, UInt64) CODEC(T64, ZSTD), standing SimpleAggregateFunction(maxMap, Map(String, Int64)) CODEC(ZSTD),
    recording SimpleAggregateFunction(groupUniqArrayArray, Array(Int64)) CODEC(ZSTD),
    rooms SimpleAggregateFunction(groupUniqArrayArray, Array(String)) CODEC(ZSTD),
    INDEX until greatest(last_at, ifNull(ended_at, last_at)) TYPE minmax GRANULARITY 1",
        engine: "AggregatingMergeTree",
        rest: "PARTITION BY toYYYYMMDD(fromUnixTimestamp64Milli(started_at, 'UTC')) ORDER BY (account, session)
    SETTINGS index_granularity = 1024",
        spread: Spread::ByRoom,
        view: Some("SELECT account, session, started_at, last_at, ended_at, room_key AS room, participant_key AS participant, room_type, segments,
    issues, standing, recording, [substring(room_key, 6)] AS rooms"),
        age: Some(Age::RollUps),
    },
    // Which sessions ever said that they are in a room: its hash.
    Table {
        name: "member",
        columns: "
    account String CODEC(ZSTD), room String CODEC(ZSTD), session FixedString(16) CODEC(ZSTD),
    started_at SimpleAggregateFunction(min, Int64) CODEC(T64, ZSTD), last_at SimpleAggregateFunction(max, Int64) CODEC(T64, ZSTD),
    room_type SimpleAggregateFunction(min, UInt64) CODEC(T64, ZSTD)",
        engine: "AggregatingMergeTree",
        rest: "PARTITION BY toYYYYMMDD(fromUnixTimestamp64Milli(started_at, 'UTC')) ORDER BY (account, room, session)
    SETTINGS index_granularity = 1024",
        spread: Spread::ByRoom,
        view: Some("SELECT account, substring(room_key, 6) AS room, session, started_at, last_at, room_type"),
        age: Some(Age::RollUps),
    },
    // Which sessions something came of, by when it came.
    Table {
        name: "touched",
        columns: "account String CODEC(ZSTD), at DateTime('UTC') CODEC(Delta, ZSTD), session FixedString(16) CODEC(ZSTD)",
        engine: "ReplacingMergeTree",
        rest: "PARTITION BY toYYYYMMDD(at) ORDER BY (account, at, session) TTL at + toIntervalDay(2)",
        spread: Spread::ByRoom,
        view: Some("SELECT account, toStartOfFiveMinutes(now('UTC')) AS at, session"),
        age: None,
    },
    // Roll-ups of hours that were over when they were counted, each time all of an hour.
    Table {
        name: "counted",
        columns: "
    account String CODEC(ZSTD), hour Int64 CODEC(Delta, ZSTD), version UInt64 CODEC(ZSTD), kind UInt8, value String CODEC(ZSTD), type UInt8,
    has_issues Bool, n Int64 CODEC(T64, ZSTD), more Int64 CODEC(T64, ZSTD)",
        engine: "MergeTree",
        rest: "PARTITION BY toYYYYMM(toDateTime(hour * 3600, 'UTC')) ORDER BY (account, kind, hour, version)
    TTL toDateTime(hour * 3600, 'UTC') + toIntervalDay(400)",
        spread: Spread::Everywhere,
        view: None,
        age: None,
    },
    // The last time that an hour was counted.
    Table {
        name: "counted_hour",
        columns: "account String, hour Int64, version SimpleAggregateFunction(max, UInt64)",
        engine: "AggregatingMergeTree",
        rest: "ORDER BY (account, hour) TTL toDateTime(hour * 3600, 'UTC') + toIntervalDay(400)",
        spread: Spread::Everywhere,
        view: None,
        age: None,
    },
    // Up to which hour all are counted, with everything that came before `at`.
    Table {
        name: "counted_to",
        columns: "account String, hour SimpleAggregateFunction(max, Int64), at SimpleAggregateFunction(max, Int64)",
        engine: "AggregatingMergeTree",
        rest: "ORDER BY account",
        spread: Spread::Everywhere,
        view: None,
        age: None,
    },
    // From when on what is kept is shown. A purge raises it.
    Table {
        name: "kept",
        columns: "what String, since SimpleAggregateFunction(max, Int64)",
        engine: "AggregatingMergeTree",
        rest: "ORDER BY what",
        spread: Spread::Everywhere,
        view: None,
        age: None,
    },
    // A revoked key is a row more: nothing is ever deleted here.
    Table {
        name: "key",
        columns: "
    sid String, account SimpleAggregateFunction(min, String), kind SimpleAggregateFunction(min, String),
    name SimpleAggregateFunction(min, String), hash SimpleAggregateFunction(min, String),
    created_at SimpleAggregateFunction(min, Int64), revoked SimpleAggregateFunction(max, UInt8)",
        engine: "AggregatingMergeTree",
        rest: "ORDER BY sid",
        spread: Spread::Everywhere,
        view: None,
        age: None,
    },
    Table {
        name: "version",
        columns: "version Int64",
        engine: "ReplacingMergeTree",
        rest: "ORDER BY version",
        spread: Spread::Everywhere,
        view: None,
        age: None,
    },
];
