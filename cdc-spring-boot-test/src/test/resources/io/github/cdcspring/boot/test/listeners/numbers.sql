CREATE TABLE numbers (id int PRIMARY KEY, note text);

INSERT INTO numbers VALUES (0, 'existing');
