CREATE TABLE orders (id bigint PRIMARY KEY, customer_name text, amount numeric(10,2));

INSERT INTO orders VALUES (1, 'ada', 5);
