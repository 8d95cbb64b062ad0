// Go's own transport on the same loads. It prints what it has measured as JSON.
//
//	peer throughput <origin> <connections> <requests> <batches>
//	peer delays <origin> <sizes> <interval ms> <work ms> <delays of the dials in ms> <requests before>
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	switch os.Args[1] {
	case "throughput":
		throughput(os.Args[2], number(os.Args[3]), number(os.Args[4]), number(os.Args[5]))
	case "delays":
		delays(os.Args[2], numbers(os.Args[3]), number(os.Args[4]), os.Args[5], numbers(os.Args[6]), number(os.Args[7]))
	}
}

func throughput(origin string, connections, requests, batches int) {
	client := newClient(connections, nil)
	var perSecond, nsEach []float64
	for batch := 0; batch < batches+2; batch++ {
		began, cpu := time.Now(), processorTime()
		var left = int64(requests)
		inParallel(connections, func() {
			for atomic.AddInt64(&left, -1) >= 0 {
				ask(client, origin+"/")
			}
		})
		// The first ones open the connections.
		if batch >= 2 {
			perSecond = append(perSecond, float64(requests)/time.Since(began).Seconds())
			nsEach = append(nsEach, float64(processorTime()-cpu)/float64(requests))
		}
	}
	print(map[string]float64{"perSecond": median(perSecond), "nsEach": median(nsEach)})
}

func delays(origin string, sizes []int, intervalMs int, workMs string, dialMs []int, warmUp int) {
	client := newClient(0, dialMs)
	for i := 0; i < warmUp; i++ {
		ask(client, origin+"/")
	}
	var mutex sync.Mutex
	var all []float64
	var running sync.WaitGroup
	for _, size := range sizes {
		for i := 0; i < size; i++ {
			running.Add(1)
			go func() {
				began := time.Now()
				ask(client, origin+"/"+workMs)
				took := float64(time.Since(began).Microseconds()) / 1000
				mutex.Lock()
				all = append(all, took)
				mutex.Unlock()
				running.Done()
			}()
		}
		time.Sleep(time.Duration(intervalMs) * time.Millisecond)
	}
	running.Wait()
	sort.Float64s(all)
	at := func(share float64) float64 { return all[int(float64(len(all)-1)*share)] }
	print(map[string]float64{
		"p50": at(0.5), "p90": at(0.9), "p99": at(0.99), "max": at(1), "dials": float64(atomic.LoadInt64(&dials)),
	})
}

var dials int64

func newClient(connections int, dialMs []int) *http.Client {
	transport := &http.Transport{MaxIdleConns: 0, MaxIdleConnsPerHost: 10000, MaxConnsPerHost: connections}
	dialer := &net.Dialer{}
	transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		dial := int(atomic.AddInt64(&dials, 1)) - 1
		if dial < len(dialMs) {
			time.Sleep(time.Duration(dialMs[dial]) * time.Millisecond)
		}
		return dialer.DialContext(ctx, network, addr)
	}
	return &http.Client{Transport: transport}
}

func ask(client *http.Client, url string) {
	response, err := client.Get(url)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	io.Copy(io.Discard, response.Body)
	response.Body.Close()
}

func inParallel(count int, run func()) {
	var running sync.WaitGroup
	for i := 0; i < count; i++ {
		running.Add(1)
		go func() {
			run()
			running.Done()
		}()
	}
	running.Wait()
}

func processorTime() int64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func median(values []float64) float64 {
	sort.Float64s(values)
	return values[len(values)/2]
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return value
}

func numbers(text string) []int {
	var all []int
	for _, each := range strings.Split(text, ",") {
		all = append(all, number(each))
	}
	return all
}

func print(values map[string]float64) {
	json.NewEncoder(os.Stdout).Encode(values)
}
