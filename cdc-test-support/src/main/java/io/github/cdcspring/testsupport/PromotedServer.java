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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

import org.springframework.util.FileSystemUtils;

import static org.awaitility.Awaitility.await;

/**
 * A server of its own that can be promoted to a new timeline, and set back to an image of
 * its disk. Archive recovery without an archive ends at the last WAL record, so nothing
 * is lost by a promotion and all slots survive it.
 */
public final class PromotedServer implements AutoCloseable {

	private final TestPostgres server;

	private final TestDatabase database;

	private final Path directory;

	/**
	 * Start the server.
	 */
	public PromotedServer() {
		this.server = TestPostgres.start(Map.of("restore_command", "false", "max_wal_size", "256MB"));
		this.database = this.server.createDatabase();
		this.directory = Path.of(Objects.requireNonNull(this.database.queryForText("SHOW data_directory")));
	}

	public TestDatabase database() {
		return this.database;
	}

	public void promote() throws Exception {
		this.server.stop();
		startPromoted();
	}

	private void startPromoted() throws IOException {
		Files.createFile(this.directory.resolve("recovery.signal"));
		this.server.startAgain();
		await().until(() -> "f".equals(this.database.queryForText("SELECT pg_is_in_recovery()")));
	}

	/** Start the server as a standby, whose slots remain. */
	public void startAsStandby() throws Exception {
		this.server.stop();
		Files.createFile(this.directory.resolve("standby.signal"));
		this.server.startAgain();
	}

	/** Promote a standby, which keeps its connections. */
	public void promoteStandby() {
		this.database.queryForText("SELECT pg_promote()");
	}

	public void restart() throws Exception {
		this.server.stop();
		this.server.startAgain();
	}

	public int timeline() {
		return Integer.parseInt(Objects.requireNonNull(this.database
			.queryForText("SELECT ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))" + "::bit(32)::int")));
	}

	/** Remove the WAL file of a slot as if it had never been copied here. */
	public void removeWalOfSlot() throws IOException {
		this.database.execute("SELECT pg_switch_wal()", "CREATE TABLE IF NOT EXISTS filler (id int)", "CHECKPOINT");
		String file = this.database.queryForText("SELECT pg_walfile_name(restart_lsn) FROM pg_replication_slots");
		Files.delete(this.directory.resolve("pg_wal").resolve(Objects.requireNonNull(file)));
	}

	/** Whether the slot resumes with a state of decoding that the server has saved. */
	public boolean hasDecodingState() {
		return Files.exists(decodingState());
	}

	/**
	 * Remove the state of decoding with which the slot resumes, as if the slot had been
	 * copied here without it.
	 */
	public void removeDecodingState() throws IOException {
		Files.delete(decodingState());
	}

	/** Remove all states of decoding from an image of the disk. */
	public static void removeDecodingStates(Path image) throws IOException {
		try (var states = Files.list(image.resolve("pg_logical/snapshots"))) {
			for (Path state : states.toList()) {
				Files.delete(state);
			}
		}
	}

	private Path decodingState() {
		String lsn = this.database.queryForText("SELECT restart_lsn FROM pg_replication_slots");
		return this.directory.resolve("pg_logical/snapshots")
			.resolve(Objects.requireNonNull(lsn).replace('/', '-') + ".snap");
	}

	/**
	 * Copy the disk of the server as it is while the server runs, after a checkpoint.
	 */
	public Path takeHotImage() throws Exception {
		this.database.execute("CHECKPOINT");
		this.server.kill();
		return copy();
	}

	/** Copy the disk of the server after an orderly stop. */
	public Path takeImage() throws Exception {
		this.server.stop();
		return copy();
	}

	private Path copy() throws IOException {
		Path image = TestDirectory.create();
		FileSystemUtils.copyRecursively(this.directory, image);
		this.server.startAgain();
		return image;
	}

	/** Set the server back to an image of its disk. */
	public void restore(Path image) throws Exception {
		this.server.stop();
		replaceBy(image);
		this.server.startAgain();
	}

	/**
	 * Promote a server that has only what an image of the disk has, as a standby that was
	 * behind.
	 */
	public void promoteImage(Path image) throws Exception {
		this.server.stop();
		replaceBy(image);
		startPromoted();
	}

	private void replaceBy(Path image) throws IOException {
		clear();
		FileSystemUtils.copyRecursively(image, this.directory);
		FileSystemUtils.deleteRecursively(image);
	}

	private void clear() throws IOException {
		try (var children = Files.list(this.directory)) {
			for (Path child : children.toList()) {
				FileSystemUtils.deleteRecursively(child);
			}
		}
	}

	@Override
	public void close() throws Exception {
		this.server.close();
	}

}
