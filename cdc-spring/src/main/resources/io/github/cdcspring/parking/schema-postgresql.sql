-- Dead letters: one row for each parked event
CREATE TABLE IF NOT EXISTS cdc_parked_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    engine text NOT NULL,
    slot_name text NOT NULL,
    listener_group text NOT NULL,            -- '*': all listeners that take events alone; else a listener's id
    key_hash text NOT NULL,                  -- identifies table and key
    table_name text NOT NULL,
    committed_lsn pg_lsn NOT NULL,           -- end of the preceding transaction
    transaction_id bigint NOT NULL,
    lsn pg_lsn NOT NULL,
    ordinal bigint NOT NULL,                 -- among the events with the same LSN
    operation text NOT NULL,
    snapshot boolean NOT NULL,
    parked_at timestamp with time zone NOT NULL,
    attempts integer NOT NULL,               -- 0: waits for an earlier event of its key
    failed_listener text,
    failure text,                            -- class of the exception
    failed_at timestamp with time zone,
    event text NOT NULL,                     -- the whole event as JSON, including its rows
    UNIQUE (engine, slot_name, listener_group, key_hash, lsn, ordinal)
);
