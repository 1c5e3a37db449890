/*
 * The Java side: which JDK, which command, which environment. Nothing here runs java to find out.
 */
#ifndef OSTLER_JVM_H
#define OSTLER_JVM_H

#include <limits.h>

struct jvm_place {
	char java[PATH_MAX]; /* the program */
	char lib[PATH_MAX]; /* where it is started; holds the args files and the class path */
	char home[PATH_MAX]; /* the installation of Ostler */
	const char *args_file; /* "@jvm-17.args" */
	/*
	 * The option that names what was made with this very build of Java: for a supervisor the
	 * cache "-XX:AOTCache=./25.0.1+8.aot", else the class archive
	 * "-XX:SharedArchiveFile=./17.0.9+9.jsa", or "-Xshare:auto" (the default) without either.
	 */
	char archive[256];
};

enum jvm_use { JVM_COMMAND, JVM_SUPERVISOR };

/*
 * Find all of it. 0, or -1 with the reason on stderr: `cannot <verb>: …`. verb is "start the
 * supervisor", say.
 */
int jvm_find(const char *verb, enum jvm_use use, struct jvm_place *ret);

/*
 * Filter envp in place of ret, which is as long: without what would change a JVM behind our back.
 */
void jvm_environment(char *const *envp, char **ret);

#endif
