CREATE TABLE orders (
	id bigint PRIMARY KEY,
	customer text NOT NULL,
	amount numeric(12, 2) NOT NULL
);

ALTER TABLE orders REPLICA IDENTITY FULL;

CREATE TABLE total (
	order_id bigint PRIMARY KEY,
	customer text NOT NULL,
	amount numeric(12, 2) NOT NULL
);
