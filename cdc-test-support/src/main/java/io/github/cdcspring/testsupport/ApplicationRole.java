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

import java.util.List;

/**
 * The role of an application under test: the least-privilege role of the documentation,
 * with the right that Patroni needs. Tests create tables as a superuser, at any time, so
 * the database grants the documented rights on each of them.
 */
final class ApplicationRole {

	private static final String TABLES = "public.customers, public.orders";

	private static final String SCHEMA = "SCHEMA public";

	private static final String GRANT = """
			CREATE FUNCTION application.grant_documented_rights() RETURNS event_trigger LANGUAGE plpgsql AS $$
			DECLARE
				created record;
			BEGIN
				IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
					RETURN;
				END IF;
				FOR created IN
					SELECT * FROM pg_catalog.pg_event_trigger_ddl_commands()
					WHERE NOT in_extension AND object_type IN ('table', 'foreign table', 'schema')
						AND (command_tag LIKE 'CREATE %' OR command_tag = 'SELECT INTO')
						AND coalesce(schema_name, '') NOT LIKE 'pg\\_temp%'
				LOOP
					EXECUTE pg_catalog.format(CASE created.object_type WHEN 'schema' THEN '{usage}' ELSE '{select}' END,
						created.object_identity);
				END LOOP;
			END $$""";

	/**
	 * A publication of all tables belongs to a superuser. An object with another owner
	 * than the first superuser was created for that owner.
	 */
	private static final String HAND_OVER = """
			CREATE FUNCTION application.hand_over() RETURNS event_trigger LANGUAGE plpgsql AS $$
			DECLARE
				created record;
			BEGIN
				IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
					RETURN;
				END IF;
				FOR created IN
					SELECT * FROM pg_catalog.pg_event_trigger_ddl_commands() c
					WHERE NOT in_extension AND (command_tag LIKE 'CREATE %' OR command_tag = 'SELECT INTO')
						AND object_type IN ('table', 'foreign table', 'schema', 'sequence', 'publication', 'view')
						AND coalesce(schema_name, '') NOT LIKE 'pg\\_temp%'
						AND NOT EXISTS (SELECT FROM pg_catalog.pg_publication
							WHERE c.classid = 'pg_catalog.pg_publication'::pg_catalog.regclass AND oid = c.objid AND puballtables)
						AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend
							WHERE object_type = 'sequence' AND classid = c.classid AND objid = c.objid AND deptype IN ('a', 'i'))
						AND NOT EXISTS (SELECT FROM pg_catalog.pg_shdepend
							WHERE classid = c.classid AND objid = c.objid AND deptype = 'o')
				LOOP
					EXECUTE pg_catalog.format('ALTER %s %s OWNER TO {role}', created.object_type, created.object_identity);
				END LOOP;
			END $$""";

	/** The starter's own tables are then created in the schema public. */
	private static final String HAND_OVER_EXISTING = """
			DO $$
			DECLARE
				existing record;
			BEGIN
				FOR existing IN
					SELECT format('%s %I.%I', CASE relkind WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'v' THEN 'VIEW'
						WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, nspname, relname) AS object
					FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
					WHERE relkind IN ('r', 'p', 'f', 'v', 'S') AND relowner = current_user::regrole
						AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
						AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid
							AND (deptype = 'e' OR relkind = 'S' AND deptype IN ('a', 'i')))
					UNION ALL SELECT format('SCHEMA %I', nspname) FROM pg_namespace
					WHERE nspowner = current_user::regrole AND nspname NOT LIKE 'pg\\_%'
						AND nspname NOT IN ('information_schema', 'public', 'application')
					UNION ALL SELECT format('PUBLICATION %I', pubname) FROM pg_publication
					WHERE pubowner = current_user::regrole AND NOT puballtables
				LOOP
					EXECUTE format('ALTER %s OWNER TO {role}', existing.object);
				END LOOP;
				IF NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = '{role}'::regnamespace) THEN
					DROP SCHEMA {role};
				END IF;
			END $$""";

	private static final String TRIGGER = """
			CREATE EVENT TRIGGER application ON ddl_command_end
			WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'CREATE FOREIGN TABLE', 'CREATE SCHEMA',
				'CREATE SEQUENCE', 'CREATE PUBLICATION', 'CREATE VIEW')
			EXECUTE FUNCTION application.""";

	private ApplicationRole() {
	}

	static String of(String database) {
		return database + "_cdc";
	}

	/**
	 * Create a database with the documented role.
	 * @param server a database of the server
	 * @param database the new database
	 */
	static void createDatabase(TestDatabase server, TestDatabase database) {
		String role = of(database.name());
		server.execute("CREATE DATABASE " + database.name(),
				// Tests look at the tables of the starter
				"ALTER ROLE " + database.user() + " IN DATABASE " + database.name() + " SET search_path = public, "
						+ role);
		for (String sql : documented(database)) {
			if (!sql.contains(TABLES)) {
				database.execute(sql.replace("change-me", database.password()));
			}
		}
		database.execute("CREATE SCHEMA application",
				GRANT.replace("{usage}", documented(database, "GRANT USAGE").replace(SCHEMA, "SCHEMA %s"))
					.replace("{select}", documented(database, "GRANT SELECT").replace(TABLES, "%s")),
				TRIGGER + "grant_documented_rights()");
		DocumentedSql.decodingState(database.name(), role).forEach(database::execute);
	}

	/**
	 * The statement with which an administrator publishes tables for the role.
	 * @param database the database
	 * @param publication the quoted name of the publication
	 * @param tables the quoted names of the tables
	 */
	static String createPublication(TestDatabase database, String publication, String tables) {
		return documented(database, "CREATE PUBLICATION")
			.replace("PUBLICATION " + database.name(), "PUBLICATION " + publication)
			.replace(TABLES, tables);
	}

	private static String documented(TestDatabase database, String start) {
		return documented(database).stream().filter((sql) -> sql.startsWith(start)).findFirst().orElseThrow();
	}

	private static List<String> documented(TestDatabase database) {
		return DocumentedSql.leastPrivileges(database.name(), of(database.name()));
	}

	/**
	 * Let the role own the database, and what a superuser has created in it or creates
	 * later.
	 */
	static void ownDatabase(TestDatabase database) {
		String role = of(database.name());
		database.execute("DROP EVENT TRIGGER application", "ALTER DATABASE " + database.name() + " OWNER TO " + role,
				HAND_OVER.replace("{role}", role), TRIGGER + "hand_over()", HAND_OVER_EXISTING.replace("{role}", role));
	}

}
