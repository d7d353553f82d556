-- pgbench's columns as they are, and beside them what tells the events apart
CREATE TABLE IF NOT EXISTS pgbench_accounts (
	aid int PRIMARY KEY, bid int, abalance int, filler char(84),
	ledger_lsn bigint NOT NULL, ledger_high bigint NOT NULL, ledger_run int NOT NULL, ledger_deleted boolean NOT NULL
) WITH (fillfactor = 80);
CREATE TABLE IF NOT EXISTS pgbench_branches (
	bid int PRIMARY KEY, bbalance int, filler char(88),
	ledger_lsn bigint NOT NULL, ledger_high bigint NOT NULL, ledger_run int NOT NULL, ledger_deleted boolean NOT NULL
) WITH (fillfactor = 10);
CREATE TABLE IF NOT EXISTS pgbench_tellers (
	tid int PRIMARY KEY, bid int, tbalance int, filler char(84),
	ledger_lsn bigint NOT NULL, ledger_high bigint NOT NULL, ledger_run int NOT NULL, ledger_deleted boolean NOT NULL
) WITH (fillfactor = 10);
CREATE TABLE IF NOT EXISTS pgbench_history (
	tid int, bid int, aid int, delta int, mtime timestamp, filler char(22),
	ledger_transaction bigint, ledger_lsn bigint, ledger_ordinal int,
	PRIMARY KEY (ledger_transaction, ledger_lsn, ledger_ordinal)
);
CREATE INDEX IF NOT EXISTS pgbench_history_read ON pgbench_history (aid, tid, delta) WHERE ledger_transaction = 0;
CREATE TABLE IF NOT EXISTS ledger_extra (
	id int PRIMARY KEY, note text, amount numeric(12, 2), changed_at timestamptz,
	ledger_lsn bigint NOT NULL, ledger_high bigint NOT NULL, ledger_run int NOT NULL, ledger_deleted boolean NOT NULL
);

-- One row a start of the application: the marker after which a key may go back
CREATE TABLE IF NOT EXISTS ledger_run (
	ledger_run int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, started_at timestamptz NOT NULL DEFAULT now(),
	instance text NOT NULL
);

-- Instances that receive from Kafka: each change that was delivered, so that the first delivery is told from others
CREATE TABLE IF NOT EXISTS ledger_delivery (
	table_name text NOT NULL, key int NOT NULL, lsn bigint NOT NULL, PRIMARY KEY (table_name, key, lsn)
);

-- One row a batch, committed with it
CREATE TABLE IF NOT EXISTS ledger_tally (
	ledger_run int NOT NULL, table_name text NOT NULL,
	committed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	applied int NOT NULL, read int NOT NULL, duplicates int NOT NULL, backwards int NOT NULL, rolled_back int NOT NULL
);

-- How far existing rows are read, as the application says
CREATE TABLE IF NOT EXISTS ledger_progress (
	table_name text PRIMARY KEY, read bigint NOT NULL, estimated bigint, rows_per_second float8, seconds_left bigint,
	done boolean NOT NULL
);
