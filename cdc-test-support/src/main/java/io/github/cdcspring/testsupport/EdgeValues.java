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
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Values at the edges of PostgreSQL's types, in the text that the server reads.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype.html">PostgreSQL: data
 * types</a>
 */
public final class EdgeValues {

	/**
	 * Types that no statement can give a value: their input is refused, and no function
	 * returns a value that another table may keep.
	 */
	private static final List<String> WITHOUT_VALUES = List.of("pg_ndistinct", "pg_dependencies", "pg_mcv_list",
			"pg_brin_bloom_summary", "pg_brin_minmax_multi_summary", "pg_node_tree", "gtsvector", "ghstore", "gtrgm",
			"ltree_gist", "intbig_gkey", "gidx", "box2df");

	private static final List<String> REAL = List.of("0", "-0", "1e-45", "3.4028235e38", "-3.4028235e38", "NaN",
			"Infinity", "-Infinity", "1.1", "16777217", "1.17549435e-38", "1e10", "1e15", "123456.79");

	private static final List<String> DOUBLE = List.of("0", "-0", "4.9e-324", "1.7976931348623157e308", "NaN",
			"Infinity", "-Infinity", "0.1", "9007199254740993", "2.2250738585072014e-308", "1e15", "1e16", "1e-5",
			"0.30000000000000004");

	private static final List<String> TEXT = List.of("", " ", "NULL", "null", "a\"b\\c{d},;:e",
			"Grüße, 世界 \uD83D\uDE00", "two\nlines\tand more", "'quoted'", "\\x41", "(a,b)", "infinity");

	private static final List<String> DATE = List.of("4714-11-24 BC", "4713-01-01 BC", "0045-02-28 BC", "0005-02-29 BC",
			"0001-02-29 BC", "0001-12-31 BC", "0001-01-01", "0004-02-29", "1500-02-28", "1582-10-04", "1582-10-05",
			"1582-10-10", "1582-10-14", "1582-10-15", "1900-02-28", "1969-12-31", "1970-01-01", "2000-02-29",
			"5874897-12-31", "10000-01-01", "infinity", "-infinity");

	private static final List<String> TIMESTAMP = List.of("4714-11-24 00:00:00 BC", "0005-02-29 23:59:59.999999 BC",
			"0001-12-31 12:00:00 BC", "0001-01-01 00:00:00", "1582-10-10 01:02:03.000001", "1883-11-18 12:03:57.5",
			"1969-12-31 23:59:59.999999", "1999-12-31 23:59:59.999999", "2000-01-01 00:00:00", "2024-03-31 02:30:00",
			"2024-10-27 02:30:00.1", "294276-12-31 23:59:59.999999", "infinity", "-infinity");

	private static final Map<String, List<String>> VALUES = Map.<String, List<String>>ofEntries(
			Map.entry("bool", List.of("true", "false")), Map.entry("char", List.of("a", "", "\\377", "\"", "\\")),
			Map.entry("name", List.of("", "a name", "x".repeat(63))),
			Map.entry("int2", List.of("-32768", "0", "32767")),
			Map.entry("int4", List.of("-2147483648", "0", "2147483647")),
			Map.entry("int8", List.of("-9223372036854775808", "0", "9223372036854775807")),
			Map.entry("oid", List.of("0", "2147483648", "4294967295")), Map.entry("float4", REAL),
			Map.entry("float8", DOUBLE),
			Map.entry("numeric",
					List.of("0", "-0.000", "1.500", "1e100", "1e-100", "NaN", "Infinity", "-Infinity",
							"12345678901234567890.12345678901234567890", "-1", "1e1000")),
			Map.entry("money", List.of("0", "1234567.89", "-0.01", "92233720368547758.07", "-92233720368547758.08")),
			Map.entry("text", TEXT), Map.entry("varchar", TEXT), Map.entry("bpchar", List.of("", "a", " a  ", "é")),
			Map.entry("citext", TEXT), Map.entry("refcursor", TEXT),
			Map.entry("bytea", List.of("\\x", "\\x00ff10", "\\x61626364", "\\x5c78", "\\x275c22")),
			Map.entry("date", DATE), Map.entry("timestamp", TIMESTAMP),
			Map.entry("timestamptz",
					List.of("4714-11-24 00:00:00+00 BC", "0005-02-29 23:59:59.999999+00 BC", "0001-01-01 00:00:00+00",
							"1582-10-10 01:02:03.000001+00", "1883-11-18 12:03:57.5+00", "2024-03-31 01:30:00+00",
							"294276-12-31 23:59:59.999999+00", "infinity", "-infinity")),
			Map.entry("time", List.of("00:00:00", "23:59:59.999999", "24:00:00", "01:02:03.1", "00:00:00.000001")),
			Map.entry("timetz",
					List.of("00:00:00+15:59:59", "24:00:00-15:59:59", "23:59:59.999999+00", "24:00:00+00",
							"12:30:00-03:30")),
			Map.entry("interval",
					List.of("0", "1 year 2 mons -3 days 04:05:06.789012", "-178956970 years -8 mons",
							"178956970 years 7 mons", "2147483647 days", "-2147483648 days", "2562047788:00:54.775807",
							"-2562047788:00:54.775807", "-00:00:00.000001", "-1 days +00:00:01", "1 mon", "-1 mon",
							"11 mons -1 days", "-1 year 1 mon", "00:00:59.999999")),
			Map.entry("uuid", List.of("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff")),
			Map.entry("json",
					List.of("null", "{\"a\": 1e400, \"b\": \"\\u0041\"}", " [1 , 12345678901234567.89]", "\"{},\\\\\"",
							"{\"a\":1,\"a\":2}")),
			Map.entry("jsonb",
					List.of("null", "{\"a\": 1.10, \"b\": [\"\\u0041\", \"\\\"\"]}", "12345678901234567.89")),
			Map.entry("jsonpath", List.of("$", "$.\"a\"[*]?(@ > 1)")),
			Map.entry("xml", List.of("", "text", "<a b=\"c\">d</a>", "<?xml version=\"1.0\"?><a/>")),
			Map.entry("bit", List.of("0", "1", "101", "")), Map.entry("flag", List.of("0", "1")),
			Map.entry("varbit", List.of("", "0", "00101")),
			Map.entry("inet", List.of("0.0.0.0", "192.168.0.1/24", "::", "::1/64", "255.255.255.255")),
			Map.entry("cidr", List.of("0.0.0.0/0", "10.0.0.0/8", "192.168.1.1", "::/0", "2001:db8::/32")),
			Map.entry("macaddr", List.of("00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff")),
			Map.entry("macaddr8", List.of("00:00:00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff:ff:ff")),
			Map.entry("point", List.of("(0,0)", "(-0,1e300)", "(NaN,Infinity)", "(1.5,2)")),
			Map.entry("line", List.of("{1,2,3}", "{-1,0,1e-300}")), Map.entry("lseg", List.of("[(0,0),(1.5,-1)]")),
			Map.entry("box", List.of("(1,1),(0,0)", "(0,0),(-1e10,-1)")),
			Map.entry("path", List.of("[(0,0)]", "((0,0),(1,1.5))", "[(0,0),(1,1),(NaN,-Infinity)]")),
			Map.entry("polygon", List.of("((0,0))", "((0,0),(1,1),(1,0))")),
			Map.entry("circle", List.of("<(0,0),0>", "<(1.5,-1),2.25>")),
			Map.entry("tsvector", List.of("", "'a b':1A,2 'it''s':3", "'\\\\':1")),
			Map.entry("tsquery", List.of("", "!'a' & ( 'b':*A | 'it''s' )", "'a' <-> 'b'")),
			Map.entry("pg_lsn", List.of("0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF")),
			Map.entry("xid", List.of("0", "4294967295")), Map.entry("xid8", List.of("0", "18446744073709551615")),
			Map.entry("cid", List.of("0", "4294967295")), Map.entry("tid", List.of("(0,0)", "(4294967295,65535)")),
			Map.entry("oidvector", List.of("", "1 4294967295")), Map.entry("int2vector", List.of("", "-32768 32767")),
			Map.entry("regproc", List.of("-", "now", "pg_sleep", "public.plus")),
			Map.entry("regprocedure", List.of("-", "abs(integer)", "public.plus(integer,integer)")),
			Map.entry("regoper", List.of("0", "||/", "public.<+>")),
			Map.entry("regoperator", List.of("0", "+(integer,integer)", "public.<+>(integer,integer)")),
			Map.entry("regclass", List.of("-", "pg_class", "999999", TypeSweep.TABLE)),
			Map.entry("regtype",
					List.of("-", "integer", "timestamp with time zone", "text[]", "public.mood", "public.address[]")),
			Map.entry("regconfig", List.of("-", "english", "public.phrases")),
			Map.entry("regdictionary", List.of("-", "simple", "public.words")),
			Map.entry("regrole", List.of("-", "pg_monitor")), Map.entry("regnamespace", List.of("-", "pg_catalog")),
			Map.entry("regcollation", List.of("-", "\"C\"", "public.plain")),
			Map.entry("regdatabase", List.of("-", "template1")),
			Map.entry("txid_snapshot", List.of("10:20:10,14", "1:1:")),
			Map.entry("pg_snapshot", List.of("10:20:10,14")),
			Map.entry("aclitem", List.of("=r/pg_monitor", "pg_monitor=arwdDxt*/pg_monitor")),
			Map.entry("int4range", List.of("empty", "(,)", "[-2147483648,2147483647)")),
			Map.entry("int8range", List.of("empty", "(,)", "[1,5)")),
			Map.entry("numrange", List.of("empty", "(,)", "(1.50,NaN]", "[-Infinity,Infinity]")),
			Map.entry("daterange", List.of("empty", "[-infinity,infinity]", "[0005-02-28 BC,1582-10-10)")),
			Map.entry("tsrange", List.of("empty", "[0005-02-29 00:00:00 BC,infinity)")),
			Map.entry("tstzrange", List.of("empty", "(2024-03-31 01:30:00+00,]")),
			Map.entry("int4multirange", List.of("{}", "{(,)}", "{[1,3),[5,9)}")),
			Map.entry("int8multirange", List.of("{}", "{[1,3),[5,9)}")),
			Map.entry("nummultirange", List.of("{}", "{(1.5,2]}")),
			Map.entry("datemultirange", List.of("{}", "{[1582-10-04,1582-10-15)}")),
			Map.entry("tsmultirange", List.of("{}", "{[-infinity,2024-01-01 00:00:00)}")),
			Map.entry("tstzmultirange", List.of("{}", "{[2024-01-01 00:00:00+00,infinity]}")),
			Map.entry("cardinal_number", List.of("0", "2147483647")), Map.entry("character_data", TEXT),
			Map.entry("sql_identifier", List.of("a")), Map.entry("yes_or_no", List.of("YES", "NO")),
			Map.entry("time_stamp", List.of("2024-03-31 01:30:00.12+00")),
			Map.entry("hstore",
					List.of("", "\"a\"=>\"1 \\\"x\\\"\", \"b\"=>NULL", "\"NULL\"=>\"NULL\"", "\"k,=>\"=>\"\\\\\"",
							"\"\"=>\"\"")),
			Map.entry("ltree", List.of("", "top.science")), Map.entry("lquery", List.of("*.science")),
			Map.entry("ltxtquery", List.of("a & b")), Map.entry("cube", List.of("(0)", "(1, 2),(3, 4.5)")),
			Map.entry("seg", List.of("1.50", "<3", "1.5 .. 2.50")), Map.entry("query_int", List.of("1&(2|!3)")),
			Map.entry("earth", List.of("(0, 0, 6378168)")), Map.entry("lo", List.of("4294967295")),
			Map.entry("isbn", List.of("0-393-04002-X")), Map.entry("isbn13", List.of("978-0-393-04002-9")),
			Map.entry("issn", List.of("1436-4522")), Map.entry("issn13", List.of("977-1436-452-00-8")),
			Map.entry("ismn", List.of("M-2306-7118-7")), Map.entry("ismn13", List.of("979-0-2306-7118-7")),
			Map.entry("upc", List.of("220356483481")), Map.entry("ean13", List.of("220-356483-481-6")),
			Map.entry("geometry",
					List.of("POINT(1 2)", "SRID=4326;POINT Z (1 -2.5 3)", "POINT EMPTY", "LINESTRING M (0 0 1,1 1 2)",
							"POLYGON((0 0,1e300 0,1 1,0 0))",
							"GEOMETRYCOLLECTION(POINT(NaN NaN),CIRCULARSTRING EMPTY)")),
			Map.entry("geography", List.of("POINT(1 2)", "SRID=4326;LINESTRING(-180 -90,180 90)", "POINT EMPTY")),
			Map.entry("box2d", List.of("BOX(0 0,1 1.5)")), Map.entry("box3d", List.of("BOX3D(0 0 0,1 1.5 -1)")),
			Map.entry("spheroid", List.of("SPHEROID(\"WGS 84\",6378137,298.257223563)")),
			Map.entry("geometry_dump", List.of("(,)", "(\"{1,2}\",0101000000000000000000F03F0000000000000040)")),
			Map.entry("valid_detail", List.of("(t,,)", "(f,\"a reason\",0101000000000000000000F03F0000000000000040)")),
			// The types of the sweep's own script
			Map.entry("mood", List.of("sad", "a,b", "NULL", "\"x\\", "")), Map.entry("amount", List.of("12.50", "NaN")),
			Map.entry("tags", List.of("{a,\"b,c\",NULL}")), Map.entry("feeling", List.of("sad")),
			Map.entry("address", List.of("(,)", "(\"Main \"\"St\"\"\",5)", "(\"\",)")),
			Map.entry("span", List.of("empty", "[00:00:01,2562047788:00:54.775807)")),
			Map.entry("spans", List.of("{}", "{[00:00:01,00:00:02)}")),
			Map.entry("colon", List.of("", "a", "a:b", "a,b", "{\"")), Map.entry("colon_domain", List.of("a:b")),
			Map.entry("nothing", List.of()), Map.entry("old_hstore", List.of("a")));

	private EdgeValues() {
	}

	/**
	 * The values of a type.
	 * @param name the type's name in the catalogue
	 * @return the values, {@code null} if the type is not known
	 */
	public static @Nullable List<String> of(String name) {
		return WITHOUT_VALUES.contains(name) ? List.of() : VALUES.get(name);
	}

}
