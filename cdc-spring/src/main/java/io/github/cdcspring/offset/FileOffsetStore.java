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

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.util.DigestUtils;

/**
 * Keeps positions in files, one an engine, so that engines cannot destroy each other's.
 * The engine named {@code default} has the given path; every other one has
 * {@code <path>-<engine>}, where characters other than {@code a-z}, {@code 0-9} and
 * {@code _} are written as their bytes in hexadecimal ({@code %2D}), so that names differ
 * on every file system, and long names end in a digest. That file belongs to one slot;
 * the position of a further slot is in {@code <file>@<slot>}.
 * <p>
 * A position is written aside, forced, renamed over the file, and the directory is
 * forced: a crash at any moment leaves the one before or the new one, whole. A file that
 * is missing is 'no position'; one that is empty or damaged is an error.
 * <p>
 * The first use of an engine's file locks it ({@code <file>.lock}) against other
 * processes until it is released or the store is closed. The lock file stays: to delete
 * it would let two in.
 *
 * @since 0.1.0
 */
public final class FileOffsetStore implements OffsetStore, AutoCloseable {

	/** The engine whose file is the path itself. */
	public static final String DEFAULT_ENGINE = EngineSettings.DEFAULT_ENGINE;

	/** Between the name of an engine's first file and a further slot. */
	private static final String SLOT = "@";

	private static final int MAX_NAME = 100;

	private final Path path;

	private final Map<OffsetKey, LockedFile> files = new LinkedHashMap<>();

	private boolean closed;

	/**
	 * Create a store.
	 * @param path the file of the default engine; directories that are missing are
	 * created
	 */
	public FileOffsetStore(Path path) {
		this.path = path.toAbsolutePath().normalize();
	}

	@Override
	public synchronized Optional<StoredOffset> load(OffsetKey key) {
		return read(key).map(OffsetRow::offset);
	}

	@Override
	public synchronized OffsetTakeover takeOver(OffsetKey key) {
		OffsetRow row = OffsetRow.takenOver(read(key).orElse(null), MemoryOffsetStore.micros());
		write(key, row);
		return new OffsetTakeover(row.epoch(), Optional.ofNullable(row.offset()));
	}

	@Override
	public synchronized void save(OffsetKey key, long epoch, StoredOffset offset) {
		verify(key, epoch);
		write(key, new OffsetRow(epoch, offset));
	}

	@Override
	public synchronized void verify(OffsetKey key, long epoch) {
		read(key).ifPresent((row) -> row.verify(key, epoch));
	}

	private Optional<OffsetRow> read(OffsetKey key) {
		Path file = fileOf(key);
		return uninterrupted("read", file, () -> {
			try {
				return Optional.of(OffsetFile.read(key, locked(key, file).read()));
			}
			catch (NoSuchFileException ex) {
				return Optional.empty();
			}
			catch (OffsetFile.DamagedException ex) {
				throw new OffsetStoreException(("The offset file %s is damaged: %s. Restore it from a copy, or, to "
						+ "start as cdc.snapshot.mode says, delete it.")
					.formatted(file, ex.getMessage()), ex);
			}
		});
	}

	private void write(OffsetKey key, OffsetRow row) {
		Path file = fileOf(key);
		uninterrupted("write", file, () -> {
			locked(key, file).replace(OffsetFile.write(key, row));
			return row;
		});
	}

	@Override
	public List<String> otherSlots(OffsetKey key) {
		Path own = fileOf(key);
		Path first = firstFileOf(key.engine());
		List<String> slots = new ArrayList<>();
		try (DirectoryStream<Path> files = Files.newDirectoryStream(first.getParent(),
				(file) -> isFileOf(first, file) && !file.equals(own))) {
			for (Path file : files) {
				String slot = slotOf(file);
				if (slot != null) {
					slots.add(slot);
				}
			}
		}
		catch (IOException ex) {
			return List.of();
		}
		Collections.sort(slots);
		return slots;
	}

	private static boolean isFileOf(Path first, Path file) {
		String name = file.getFileName().toString();
		String firstName = first.getFileName().toString();
		return name.equals(firstName)
				|| name.startsWith(firstName + SLOT) && !name.endsWith(".lock") && !name.endsWith(".tmp");
	}

	@Override
	public ActionStep howToForget(OffsetKey key) {
		return ActionStep.of("Delete the file '" + fileOf(key) + "'.");
	}

	@Override
	public boolean isDurable() {
		return true;
	}

	@Override
	public synchronized void release(OffsetKey key) {
		LockedFile file = this.files.remove(key);
		if (file != null) {
			file.close();
		}
	}

	/**
	 * Release the files to other processes. The store is of no use afterwards.
	 */
	@Override
	public synchronized void close() {
		this.closed = true;
		this.files.values().forEach(LockedFile::close);
		this.files.clear();
	}

	private LockedFile locked(OffsetKey key, Path path) throws IOException {
		LockedFile file = this.files.get(key);
		if (file == null) {
			file = LockedFile.open(path);
			this.files.put(key, file);
		}
		return file;
	}

	/**
	 * The file of a key: the first file of the engine, unless it belongs to another slot.
	 */
	synchronized Path fileOf(OffsetKey key) {
		LockedFile held = this.files.get(key);
		if (held != null) {
			return held.path();
		}
		Path first = firstFileOf(key.engine());
		Path own = first.resolveSibling(first.getFileName() + SLOT + safe(key.slotName()));
		if (Files.exists(own)) {
			return own;
		}
		String slot = slotOf(first);
		return (slot == null || slot.equals(key.slotName())) ? first : own;
	}

	private Path firstFileOf(String engine) {
		return engine.equals(DEFAULT_ENGINE) ? this.path
				: this.path.resolveSibling(this.path.getFileName() + "-" + safe(engine));
	}

	/** The slot of a file, {@code null} if the file is missing or damaged. */
	private static @Nullable String slotOf(Path file) {
		try {
			return OffsetFile.slotOf(Files.readAllBytes(file));
		}
		catch (IOException | OffsetFile.DamagedException ex) {
			return null;
		}
	}

	private static String safe(String name) {
		StringBuilder safe = new StringBuilder();
		for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
			boolean plain = b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '_';
			safe.append(plain ? String.valueOf((char) b) : "%%%02X".formatted(b));
		}
		if (safe.length() > MAX_NAME) {
			safe.setLength(MAX_NAME);
			safe.append('~').append(DigestUtils.md5DigestAsHex(name.getBytes(StandardCharsets.UTF_8)));
		}
		return safe.toString();
	}

	/**
	 * Java closes a file under a thread that is interrupted, which is how engines are
	 * stopped: the last position has to be saved all the same.
	 */
	private <T> T uninterrupted(String action, Path file, Access<T> access) {
		if (this.closed) {
			throw new OffsetStoreException(
					"Cannot %s the offset file %s: the store is closed. Restart the engine.".formatted(action, file),
					null);
		}
		boolean interrupted = Thread.interrupted();
		try {
			while (true) {
				try {
					return access.run();
				}
				catch (ClosedByInterruptException ex) {
					interrupted = Thread.interrupted();
				}
			}
		}
		catch (IOException ex) {
			throw new OffsetStoreException(("Cannot %s the offset file %s: %s. Check that it and its directory can be "
					+ "read and written by this process, and that the disk is not full.")
				.formatted(action, file, LockedFile.reason(ex)), ex);
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	@Override
	public String toString() {
		return "file (" + this.path + ")";
	}

	@FunctionalInterface
	private interface Access<T> {

		T run() throws IOException;

	}

}
