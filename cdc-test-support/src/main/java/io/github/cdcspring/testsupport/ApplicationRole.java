/*
 * Copyright 2026 the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.cdcspring.testsupport;

/**
 * The role of an application under test: it owns the database and its tables, may
 * replicate, and is no superuser. Tests create tables and publications as a superuser, at
 * any time, so the database hands each of them over to the role.
 */
final class ApplicationRole {

	/**
	 * A publication of all tables belongs to a superuser. An object with another owner
	 * than the first superuser was created for that owner.
	 */
	private static final String HAND_OVER = """
			CREATE FUNCTION hand_over.to_application() RETURNS event_trigger LANGUAGE plpgsql AS $$
			DECLARE
				created record;
			BEGIN
				IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
					RETURN;
				END IF;
				FOR created IN
					SELECT * FROM pg_catalog.pg_event_trigger_ddl_commands() c
					WHERE NOT in_extension AND (command_tag LIKE 'CREATE %%' OR command_tag = 'SELECT INTO')
						AND object_type IN ('table', 'foreign table', 'schema', 'sequence', 'publication', 'view')
						AND coalesce(schema_name, '') NOT LIKE 'pg\\_temp%%'
						AND NOT EXISTS (SELECT FROM pg_catalog.pg_publication
							WHERE c.classid = 'pg_catalog.pg_publication'::pg_catalog.regclass AND oid = c.objid AND puballtables)
						AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend
							WHERE object_type = 'sequence' AND classid = c.classid AND objid = c.objid AND deptype IN ('a', 'i'))
						AND NOT EXISTS (SELECT FROM pg_catalog.pg_shdepend
							WHERE classid = c.classid AND objid = c.objid AND deptype = 'o')
				LOOP
					EXECUTE pg_catalog.format('ALTER %%s %%s OWNER TO %1$s', created.object_type, created.object_identity);
				END LOOP;
			END $$""";

	private static final String TRIGGER = """
			CREATE EVENT TRIGGER hand_over ON ddl_command_end
			WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'CREATE FOREIGN TABLE', 'CREATE SCHEMA',
				'CREATE SEQUENCE', 'CREATE PUBLICATION', 'CREATE VIEW')
			EXECUTE FUNCTION hand_over.to_application()""";

	private ApplicationRole() {
	}

	static String of(String database) {
		return database + "_application";
	}

	/**
	 * Create a database that belongs to a new role.
	 * @param server a database of the server
	 * @param database the new database
	 */
	static void createDatabase(TestDatabase server, TestDatabase database) {
		String role = of(database.name());
		server.execute("CREATE ROLE " + role + " LOGIN REPLICATION PASSWORD '" + database.password() + "'",
				"CREATE DATABASE " + database.name() + " OWNER " + role);
		database.execute("CREATE SCHEMA hand_over", HAND_OVER.formatted(role), TRIGGER);
	}

}
