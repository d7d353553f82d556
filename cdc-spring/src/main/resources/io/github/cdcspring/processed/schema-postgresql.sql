-- Events whose effect has committed, until the stored offset has passed them
CREATE TABLE IF NOT EXISTS cdc_processed (
    engine text,
    slot_name text,
    listener_group text,
    lsn pg_lsn,
    ordinal bigint,
    transaction_id bigint,
    committed_lsn pg_lsn NOT NULL,
    PRIMARY KEY (engine, slot_name, listener_group, lsn, ordinal, transaction_id)
);
