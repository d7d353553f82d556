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

package io.github.cdcspring.offset;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class FileOffsetStoreTests extends OffsetStoreContract {

	@TempDir
	Path directory;

	private Path file;

	private FileOffsetStore store;

	@BeforeEach
	void open() {
		this.file = this.directory.resolve("state/offsets.txt");
		this.store = new FileOffsetStore(this.file);
	}

	@AfterEach
	void close() {
		this.store.close();
	}

	@Override
	OffsetStore store() {
		return this.store;
	}

	@Test
	void outlivesTheApplication() {
		assertThat(this.store.isDurable()).isTrue();
		this.store.save(key("default"), 1, offset("0/1"));
		reopen();
		assertThat(this.store.load(key("default"))).contains(offset("0/1"));
	}

	@Test
	void writesTextThatPeopleCanRead() throws IOException {
		this.store.save(key("default"), 1,
				new StoredOffset(Lsn.parse("0/16B3748"), "{\"lsn\":23803720}", new OffsetOrigin("7", 1, 742L),
						new LastSeenSlot("7", 2, "the_slot", Lsn.parse("0/16B3700"), null, 12L, STORED_AT),
						List.of(new CapturedRelation(16385, new TableId("public", "orders"), "7;10", null)), true,
						STORED_AT));
		assertThat(Files.readString(this.file)).isEqualTo("""
				# Position of a CDC engine. Not for editing: the last line is a checksum.
				version=2
				engine=default
				slot=the_slot
				epoch=1
				lsn=0/16B3748
				position={"lsn":23803720}
				systemIdentifier=7
				timeline=1
				lastXid=742
				relations=[{"oid":16385,"schema":"public","name":"orders","state":"7;10"}]
				clean=true
				storedAt=2026-03-04T05:06:07.123456Z
				slot.systemIdentifier=7
				slot.timeline=2
				slot.confirmedFlushLsn=0/16B3700
				slot.decodedTransactions=12
				slot.serverStartedAt=2026-03-04T05:06:07.123456Z
				crc32c=EBDC1107
				""");
	}

	@Test
	void namesFilesAfterEngines() {
		assertThat(this.store.fileOf(key("default"))).isEqualTo(this.file);
		assertThat(this.store.fileOf(key("orders_2")).getFileName()).hasToString("offsets.txt-orders_2");
		assertThat(this.store.fileOf(key("../Ö.lock")).getFileName()).hasToString("offsets.txt-%2E%2E%2F%C3%96%2Elock");
		assertThat(this.store.fileOf(key("x".repeat(5000))).getFileName().toString()).hasSizeLessThan(160);
	}

	@Test
	void takesNoOtherValueForAnyFlippedBit() throws IOException {
		byte[] good = saved();
		for (int i = 0; i < good.length; i++) {
			for (int bit = 0; bit < 8; bit++) {
				byte[] bad = good.clone();
				bad[i] ^= (byte) (1 << bit);
				assertDamaged(bad);
			}
		}
	}

	@Test
	void takesNoOtherValueForAnyFlippedByte() throws IOException {
		byte[] good = saved();
		for (int i = 0; i < good.length; i++) {
			byte[] bad = good.clone();
			bad[i] ^= (byte) 0xFF;
			assertDamaged(bad);
		}
	}

	@Test
	void takesNoOtherValueForAnyLength() throws IOException {
		byte[] good = saved();
		for (int length = 0; length < good.length; length++) {
			assertDamaged(Arrays.copyOf(good, length));
		}
		assertDamaged(Arrays.copyOf(good, good.length + 1));
		assertDamaged(Arrays.copyOf(good, good.length + 4096));
		assertDamaged(new byte[good.length]);
	}

	@Test
	void saysHowToGoOnFromAnEmptyFile() throws IOException {
		saved();
		Files.write(this.file, new byte[0]);
		assertThatExceptionOfType(OffsetStoreException.class).isThrownBy(() -> this.store.load(key("default")))
			.withMessage("The offset file " + this.file + " is damaged: it is empty. Restore it from a copy, or, to "
					+ "start as cdc.snapshot.mode says, delete it.");
	}

	@Test
	void refusesTheFileOfAnotherEngine() throws IOException {
		this.store.save(key("other"), 1, offset("0/1"));
		Files.copy(this.store.fileOf(key("other")), this.file);
		assertThatExceptionOfType(OffsetStoreException.class).isThrownBy(() -> this.store.load(key("default")))
			.withMessageContaining("it is the file of engine 'other'");
	}

	@Test
	void savesNothingOverADamagedFile() throws IOException {
		saved();
		Files.write(this.file, new byte[] { 1, 2, 3 });
		assertThatExceptionOfType(OffsetStoreException.class)
			.isThrownBy(() -> this.store.save(key("default"), 1, offset("0/9")))
			.withMessageContaining("is damaged");
		assertThat(this.file).hasBinaryContent(new byte[] { 1, 2, 3 });
	}

	@Test
	void namesTheFileOfAFurtherSlotAfterIt() throws IOException {
		byte[] first = saved();
		OffsetKey other = new OffsetKey("default", "other");
		assertThat(this.store.howToForget(other))
			.isEqualTo(ActionStep.of("Delete the file '" + this.file + "@other'."));
		this.store.save(other, 1, offset("0/2"));
		reopen();
		assertThat(this.store.load(other)).contains(offset("0/2"));
		assertThat(this.file).hasBinaryContent(first);
		assertThat(this.store.howToForget(key("default")))
			.isEqualTo(ActionStep.of("Delete the file '" + this.file + "'."));
	}

	@Test
	void ignoresAndCleansWhatACrashLeftBehind() throws IOException {
		byte[] good = saved();
		Path temporary = this.file.resolveSibling("offsets.txt.tmp");
		for (byte[] left : List.of(new byte[0], Arrays.copyOf(good, 20),
				OffsetFile.write(key("default"), new OffsetRow(1, offset("0/7"))))) {
			this.store.close();
			Files.write(temporary, left);
			reopen();
			assertThat(this.store.load(key("default"))).contains(offset("0/1"));
			assertThat(temporary).doesNotExist();
		}
		Files.write(temporary, good);
		this.store.save(key("default"), 1, offset("0/2"));
		assertThat(this.store.load(key("default"))).contains(offset("0/2"));
	}

	@Test
	void leavesNothingBesideFileAndLock() throws IOException {
		saved();
		assertThat(this.file.getParent()).isDirectoryNotContaining("glob:**.tmp");
		try (var files = Files.list(this.file.getParent())) {
			assertThat(files).hasSize(2);
		}
	}

	@Test
	void keepsTheOldValueWhenItCannotWrite() throws IOException {
		saved();
		Path obstacle = this.file.resolveSibling("offsets.txt.tmp");
		Files.createDirectories(obstacle.resolve("in the way"));
		assertThatExceptionOfType(OffsetStoreException.class)
			.isThrownBy(() -> this.store.save(key("default"), 1, offset("0/2")))
			.withMessageStartingWith("Cannot write the offset file " + this.file + ": DirectoryNotEmpty (" + obstacle)
			.withMessageEndingWith("Check that it and its directory can be read and written by this process, and that "
					+ "the disk is not full.");
		assertThat(this.store.load(key("default"))).contains(offset("0/1"));
	}

	@Test
	void savesNothingWhereItCannotRead() throws IOException {
		this.store.load(key("default"));
		Files.createDirectories(this.file.resolve("in the way"));
		assertThatExceptionOfType(OffsetStoreException.class)
			.isThrownBy(() -> this.store.save(key("default"), 1, offset("0/2")))
			.withMessageStartingWith("Cannot read the offset file " + this.file);
		assertThatExceptionOfType(OffsetStoreException.class).isThrownBy(() -> this.store.load(key("default")))
			.withMessageStartingWith("Cannot read the offset file " + this.file);
	}

	@Test
	void saysThatADirectoryCannotBeWritten() throws IOException {
		Path notADirectory = Files.createFile(this.directory.resolve("plain"));
		try (FileOffsetStore broken = new FileOffsetStore(notADirectory.resolve("offsets"))) {
			assertThatExceptionOfType(OffsetStoreException.class).isThrownBy(() -> broken.load(key("default")))
				.withMessageStartingWith("Cannot read the offset file " + notADirectory.resolve("offsets"));
			assertThatExceptionOfType(OffsetStoreException.class)
				.isThrownBy(() -> broken.save(key("default"), 1, offset("0/1")))
				.withMessageStartingWith("Cannot read the offset file " + notADirectory.resolve("offsets"));
		}
	}

	@Test
	void refusesASecondStoreOnItsFileUntilClosed() {
		this.store.save(key("default"), 1, offset("0/1"));
		try (FileOffsetStore second = new FileOffsetStore(this.file)) {
			assertThatExceptionOfType(OffsetStoreException.class).isThrownBy(() -> second.load(key("default")))
				.withMessage("The offset file " + this.file + " is in use by this process already. Stop that one, or "
						+ "give each application its own cdc.offset.file.path.");
			second.save(key("other"), 1, offset("0/2"));
			this.store.close();
			assertThat(second.load(key("default"))).contains(offset("0/1"));
		}
		assertThatExceptionOfType(OffsetStoreException.class).isThrownBy(() -> this.store.load(key("default")))
			.withMessageContaining("is closed");
	}

	@Test
	void letsOthersHaveTheFileOfAnEngineThatHasEndedAndTakesItAgain() {
		this.store.save(key("default"), 1, offset("0/1"));
		this.store.release(key("default"));
		try (FileOffsetStore second = new FileOffsetStore(this.file)) {
			second.save(key("default"), 1, offset("0/2"));
		}
		assertThat(this.store.load(key("default"))).contains(offset("0/2"));
	}

	@Test
	void refusesAFileThatAnotherProcessHolds() throws Exception {
		Process holder = start(OffsetWriter.class, this.file, "1");
		try (BufferedReader out = new BufferedReader(new InputStreamReader(holder.getInputStream()))) {
			assertThat(out.readLine()).isEqualTo("1");
			assertThatExceptionOfType(OffsetStoreException.class).isThrownBy(() -> this.store.load(key("default")))
				.withMessageContaining(" is in use by process " + holder.pid() + ".");
		}
		finally {
			holder.destroyForcibly().waitFor();
		}
		assertThat(this.store.load(key("default"))).isPresent();
		Path refused = this.file;
		assertThatExceptionOfType(OffsetStoreException.class)
			.isThrownBy(() -> new FileOffsetStore(refused).load(key("default")));
		// The refusal in this process must not have opened the file to others
		Process other = start(OffsetWriter.class, this.file, "1");
		assertThat(new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEmpty();
		assertThat(other.waitFor()).isNotZero();
	}

	@Test
	void losesNothingThatWasSavedWhenKilled() throws Exception {
		for (int kill = 1; kill <= 5; kill++) {
			Process writer = start(OffsetWriter.class, this.file, "1000000");
			long acknowledged = 0;
			try (BufferedReader out = new BufferedReader(new InputStreamReader(writer.getInputStream()))) {
				for (int i = 0; i < 40 * kill; i++) {
					acknowledged = Long.parseLong(out.readLine());
				}
				writer.toHandle().destroyForcibly();
				for (String line = out.readLine(); line != null; line = out.readLine()) {
					acknowledged = Long.parseLong(line);
				}
			}
			writer.waitFor();
			reopen();
			assertThat(this.store.load(key("default")).orElseThrow().lsn().value()).isBetween(acknowledged,
					acknowledged + 1);
			this.store.close();
		}
	}

	private byte[] saved() throws IOException {
		this.store.save(key("default"), 1, offset("0/1"));
		return Files.readAllBytes(this.file);
	}

	private void assertDamaged(byte[] content) throws IOException {
		Files.write(this.file, content);
		assertThatExceptionOfType(OffsetStoreException.class).isThrownBy(() -> this.store.load(key("default")))
			.withMessageContaining("is damaged");
	}

	private void reopen() {
		this.store.close();
		this.store = new FileOffsetStore(this.file);
	}

	private static Process start(Class<?> main, Path file, String saves) throws IOException {
		return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), main.getName(), file.toString(),
				saves)
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
	}

}
