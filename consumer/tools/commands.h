// The commands of `tachy`, one file each. argv[0] is the command's name; what they return is the exit status.
#ifndef CONSUMER_TOOLS_COMMANDS_H
#define CONSUMER_TOOLS_COMMANDS_H

int command_clean(int argc, char **argv);
int command_demo(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_hz(int argc, char **argv);
int command_info(int argc, char **argv);
int command_ls(int argc, char **argv);
int command_produce(int argc, char **argv);
int command_snapshot(int argc, char **argv);
int command_top(int argc, char **argv);

#endif
