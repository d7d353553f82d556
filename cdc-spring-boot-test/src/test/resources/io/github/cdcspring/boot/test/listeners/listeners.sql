CREATE TABLE orders (id int PRIMARY KEY, customer text NOT NULL, status text, total numeric(9, 2));

ALTER TABLE orders REPLICA IDENTITY FULL;

CREATE TABLE totals (customer text PRIMARY KEY, total numeric(9, 2));

CREATE TABLE totals_log (id int PRIMARY KEY);

CREATE TABLE measures (id int, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);

CREATE TABLE measures_old PARTITION OF measures FOR VALUES FROM (MINVALUE) TO ('2026-01-01');

CREATE TABLE measures_new PARTITION OF measures FOR VALUES FROM ('2026-01-01') TO (MAXVALUE);

CREATE SCHEMA "odd.schema";

CREATE TABLE "odd.schema"."Ta*ble, x" (id int PRIMARY KEY, "No. of" int);

-- Existing rows, which the snapshot reads
CREATE TABLE items (id int PRIMARY KEY, name text);

INSERT INTO items VALUES (1, 'book');

CREATE TABLE notes (id int PRIMARY KEY, text text);

CREATE TABLE "Let""ters" (PRIMARY KEY (id)) INHERITS (notes);

CREATE TABLE parts (id int PRIMARY KEY, text text) PARTITION BY RANGE (id);

CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (9);

INSERT INTO notes VALUES (1, 'a');

INSERT INTO "Let""ters" VALUES (2, 'b');

INSERT INTO parts VALUES (3, 'c');
