CREATE TABLE IF NOT EXISTS orders (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	customer text NOT NULL,
	item text NOT NULL,
	amount numeric(12, 2) NOT NULL
);

-- So that listeners see the whole row before an update or delete, not only its key
ALTER TABLE orders REPLICA IDENTITY FULL;

-- What the listeners keep: the last state of each order (customer and amount are null once
-- it is deleted) with its position in the log, and the sums over it
CREATE TABLE IF NOT EXISTS counted_order (
	order_id bigint PRIMARY KEY,
	customer text,
	amount numeric(12, 2),
	lsn pg_lsn NOT NULL
);

CREATE INDEX IF NOT EXISTS counted_order_customer ON counted_order (customer);

CREATE TABLE IF NOT EXISTS customer_total (
	customer text PRIMARY KEY,
	orders bigint NOT NULL,
	total numeric(20, 2) NOT NULL
);
