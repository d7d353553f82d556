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
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * A file that only this process reads and replaces while it is open.
 */
final class LockedFile implements AutoCloseable {

	// A byte far past the text, so that others can read who holds the lock where locks
	// are mandatory
	private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

	// To open a locked file once more and close it would release the lock (POSIX): ask
	// here first
	private static final Set<Path> held = ConcurrentHashMap.newKeySet();

	private final Path file;

	private final Path temporary;

	private final Path lockFile;

	private final FileChannel lock;

	private LockedFile(Path file, Path temporary, Path lockFile, FileChannel lock) {
		this.file = file;
		this.temporary = temporary;
		this.lockFile = lockFile;
		this.lock = lock;
	}

	static LockedFile open(Path file) throws IOException {
		Path directory = file.toAbsolutePath().getParent();
		if (directory == null) {
			throw new NoSuchFileException(file.toString(), null, "it is no file");
		}
		Files.createDirectories(directory);
		Path lockFile = sibling(directory.toRealPath().resolve(file.getFileName()), ".lock");
		if (!held.add(lockFile)) {
			throw inUse(file, "this process already");
		}
		FileChannel channel = null;
		try {
			channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
			if (channel.tryLock(LOCKED_BYTE, 1, false) == null) {
				throw inUse(file, holder(lockFile));
			}
			channel.truncate(0);
			channel.write(bytes("process " + ProcessHandle.current().pid() + "\n"));
			Path temporary = sibling(file, ".tmp");
			Files.deleteIfExists(temporary);
			return new LockedFile(file, temporary, lockFile, channel);
		}
		catch (IOException | RuntimeException ex) {
			release(lockFile, channel);
			throw ex;
		}
	}

	private static OffsetStoreException inUse(Path file, String holder) {
		return new OffsetStoreException(("The offset file %s is in use by %s. Stop that one, or give each application "
				+ "its own cdc.offset.file.path.")
			.formatted(file, holder), null);
	}

	private static String holder(Path lockFile) {
		try {
			String holder = Files.readString(lockFile).strip();
			return holder.isEmpty() ? "another process" : holder;
		}
		catch (IOException ex) {
			return "another process";
		}
	}

	Path path() {
		return this.file;
	}

	byte[] read() throws IOException {
		return Files.readAllBytes(this.file);
	}

	/**
	 * Replace the content. On disk when it returns; if it throws, the old content stands
	 * (or, if only forcing the directory failed, the new one).
	 */
	void replace(byte[] content) throws IOException {
		Files.deleteIfExists(this.temporary);
		try (FileChannel channel = FileChannel.open(this.temporary, StandardOpenOption.CREATE_NEW,
				StandardOpenOption.WRITE)) {
			ByteBuffer buffer = ByteBuffer.wrap(content);
			while (buffer.hasRemaining()) {
				channel.write(buffer);
			}
			channel.force(true);
		}
		Files.move(this.temporary, this.file, StandardCopyOption.ATOMIC_MOVE);
		forceDirectory();
	}

	private void forceDirectory() throws IOException {
		try (FileChannel directory = FileChannel.open(this.file.getParent(), StandardOpenOption.READ)) {
			directory.force(true);
		}
		catch (AccessDeniedException ex) {
			// Windows opens no directories, and keeps renames without being asked
			if (this.file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
				throw ex;
			}
		}
	}

	@Override
	public void close() {
		release(this.lockFile, this.lock);
	}

	private static void release(Path lockFile, @Nullable FileChannel lock) {
		try {
			if (lock != null) {
				lock.close();
			}
		}
		catch (IOException ex) {
			// The lock goes with the process at the latest
		}
		held.remove(lockFile);
	}

	/**
	 * A file system's exception often has only the path for a message.
	 */
	static String reason(IOException ex) {
		if (ex instanceof FileSystemException fileEx && fileEx.getReason() == null) {
			return ex.getClass().getSimpleName().replace("Exception", "") + " (" + fileEx.getFile() + ")";
		}
		return String.valueOf(ex.getMessage());
	}

	private static Path sibling(Path file, String suffix) {
		return file.resolveSibling(file.getFileName() + suffix);
	}

	private static ByteBuffer bytes(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

}
