-- One row for each engine and slot
CREATE TABLE IF NOT EXISTS cdc_offset (
    engine text,
    slot_name text,
    epoch bigint NOT NULL,                   -- raised by each instance that takes over
    lsn varchar(17),                         -- end of the last completely processed transaction
    position text,                           -- what Debezium needs to resume there, as JSON
    clean boolean,                           -- whether the engine stopped in order after that
    stored_at timestamp with time zone,
    system_identifier text,                  -- the server that the position belongs to
    timeline integer,
    last_xid bigint,
    relations text,                          -- the captured tables, as JSON
    slot_system_identifier text,             -- the slot as it was last seen
    slot_timeline integer,
    slot_lsn varchar(17),
    slot_created_at_lsn varchar(17),
    slot_decoded_transactions bigint,
    server_started_at timestamp with time zone,
    PRIMARY KEY (engine, slot_name)
);
