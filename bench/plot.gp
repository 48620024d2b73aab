# Draws plot.png from the data blocks $spinning, $copied, $waking and $render, which report.py puts before this script.
set terminal pngcairo size 1100,860 font "sans,9"
set output "plot.png"
set multiplot layout 2,2
set logscale y
set grid ytics lc rgb "#dddddd"
set key top left reverse Left samplen 2 maxrows 4
set style data linespoints
set offsets 0.3, 0.3, 0, 0
set xtics nomirror
set ylabel "microseconds"
set style line 1 lc rgb "#999999" dt 2 pt 0
set style line 2 lc rgb "#d1495b" lw 2 pt 7
set style line 3 lc rgb "#00798c" pt 5
set style line 4 lc rgb "#66a182" pt 4
set style line 5 lc rgb "#8d6a9f" pt 9
set style line 6 lc rgb "#30638e" pt 8
set style line 7 lc rgb "#c97c5d" pt 12
set style line 8 lc rgb "#edae49" pt 6

set title "in place to a spinning reader: publish to view"
set yrange [0.03:30]
plot $spinning using 1:3:xtic(2) title "one-way cache line" ls 1, "" using 1:4 title "tachy" ls 2, \
     "" using 1:5 title "iceoryx2" ls 3, "" using 1:6 title "iceoryx" ls 4, "" using 1:7 title "Aeron" ls 5

set title "copied in, to a sleeping reader: copy to view"
set yrange [10:1e6]
plot $copied using 1:3:xtic(2) title "memcpy alone" ls 1, "" using 1:4 title "tachy" ls 2, \
     "" using 1:5 title "iceoryx2" ls 3, "" using 1:6 title "iceoryx" ls 4, "" using 1:8 title "unix socket" ls 6, \
     "" using 1:9 title "nng ipc" ls 7, "" using 1:10 title "ZeroMQ ipc" ls 8

set title "64 B to sleeping readers: call to the last view"
set yrange [10:20000]
plot $waking using 1:3:xtic(2) title "sem\\_post for each" ls 1, "" using 1:4 title "tachy" ls 2, \
     "" using 1:5 title "iceoryx2" ls 3, "" using 1:6 title "iceoryx" ls 4, "" using 1:8 title "unix socket" ls 6, \
     "" using 1:10 title "ZeroMQ ipc" ls 8

set title "rendering: time per frame"
set ylabel "milliseconds"
set yrange [*:*]
plot $render using 1:3:xtic(2) title "colour, not delivering" lc rgb "#999999" dt 2 pt 6, \
     "" using 1:4 title "colour" lc rgb "#00798c" pt 7, \
     "" using 1:5 title "three planes, not delivering" lc rgb "#edae49" dt 2 pt 6, \
     "" using 1:6 title "three planes" lc rgb "#d1495b" pt 7
unset multiplot
